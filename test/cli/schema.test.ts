import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonFlaw } from '../../src/cli/ask/json-flaw.js';
import { readSchema } from '../../src/cli/ask/schema.js';
import { fieldsSchema } from '../../src/cli/ask/schema-fields.js';
import { makeWorkspace } from '../config/workspace.js';
import { runCli } from '../support/cli.js';
import { families, mixtureCli, says } from '../support/mixture-cli.js';

const FIELDS = 'name, age int';
const JSON_MODEL = 'sandbox/json';
const repaired = (model: string, name = 'answer') =>
  `the answer of ${model} was not JSON that fits the schema '${name}'; ${model} has repaired it`;

describe('fields', () => {
  const object = (properties: object) => ({ type: 'object', properties, required: Object.keys(properties), additionalProperties: false });

  it.each<[string, object]>([
    ['name', { name: { type: 'string' } }],
    ['name, age int', { name: { type: 'string' }, age: { type: 'integer' } }],
    [
      'a str, b string, c integer, d float, e number, f bool, g Boolean,',
      {
        a: { type: 'string' },
        b: { type: 'string' },
        c: { type: 'integer' },
        d: { type: 'number' },
        e: { type: 'number' },
        f: { type: 'boolean' },
        g: { type: 'boolean' },
      },
    ],
    [
      'tags str[], n int[]: all of them',
      {
        tags: { type: 'array', items: { type: 'string' } },
        n: { type: 'array', items: { type: 'integer' }, description: 'all of them' },
      },
    ],
    [
      'name: full name, age int: in years',
      {
        name: { type: 'string', description: 'full name' },
        age: { type: 'integer', description: 'in years' },
      },
    ],
    ['name: str, ages: int[]', { name: { type: 'string' }, ages: { type: 'array', items: { type: 'integer' } } }],
    [
      'first_name\n  a-b int: one, two, three,\n\n',
      {
        first_name: { type: 'string' },
        'a-b': { type: 'integer', description: 'one, two, three' },
      },
    ],
    ['constructor, __proto__x', { constructor: { type: 'string' }, __proto__x: { type: 'string' } }],
  ])('%j', (text, properties) => {
    expect(fieldsSchema(text)).toEqual(object(properties));
  });

  const EXAMPLE = 'write fields such as "name, age int, tags str[]", a JSON Schema, or the name of a file that holds one';
  it.each([
    ['', '--schema names no field', EXAMPLE],
    [' , ', '--schema names no field', EXAMPLE],
    ['name, 1st', "--schema: '1st' is not a field", EXAMPLE],
    ['full name of it', "--schema: 'full name of it' is not a field", EXAMPLE],
    ['[1]', "--schema: '[1]' is not a field", EXAMPLE],
    ['age date', "--schema: the field 'age' cannot be of type 'date'", 'types are str, int, float and bool, with [] for a list'],
    ['a toString', "--schema: the field 'a' cannot be of type 'toString'", 'types are str, int, float and bool, with [] for a list'],
    ['a, b, a int', "--schema names the field 'a' twice", 'name each field once'],
  ])('%j are none', (text, message, hint) => {
    expect(() => fieldsSchema(text)).toThrow(expect.objectContaining({ code: 'usage', message, hint }));
  });
});

describe('where a text stops being JSON', () => {
  it.each([
    ['{"a": [1, {"b": null}], "c": "\\u00e9\u007f"}', null],
    ['', 'line 1, column 1: it ends where there should be a value'],
    ['{"a": 1,}', 'line 1, column 9: there should be a name in double quotes'],
    ["{'a': 1}", 'line 1, column 2: there should be a name in double quotes or }'],
    ['{"a": tru}', 'line 1, column 7: there should be a value'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: there should be , or }'],
    ['{\n  "a": [1', 'line 2, column 10: it ends where there should be , or ]'],
    ['{"a" 1}', 'line 1, column 6: there should be :'],
    ['[1,]', 'line 1, column 4: there should be a value'],
    ['{} x', 'line 1, column 4: there should be nothing more'],
  ])('%j', (text, flaw) => {
    expect(jsonFlaw(text)).toBe(flaw);
  });

  it('is told of the same texts that JSON.parse refuses', () => {
    const pieces = ['{', '}', '[', ']', ',', ':', '"a"', '1', '-', '.5', 'e3', 'null', 'true', ' ', '\n', '"', '\\', '0'];
    let state = 7;
    const next = (below: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const isJson = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const texts = Array.from({ length: 20_000 }, () => Array.from({ length: next(7) }, () => pieces[next(pieces.length)]).join(''));
    expect(texts.filter((text) => isJson(text) !== (jsonFlaw(text) === null))).toEqual([]);
    expect(texts.filter(isJson).length).toBeGreaterThan(500);
  });
});

describe('a schema', () => {
  const space = makeWorkspace({
    'project/person.schema.json': '\uFEFF{"type": "object"}',
    'project/name': '{"type": "array"}',
    'project/folder/x': '',
  });
  const read = (text: string) => readSchema(text, space);

  it('is a text that begins with a brace', async () => {
    expect(await read(' {"type": "object"}')).toEqual({ type: 'json_schema', name: 'answer', schema: { type: 'object' } });
    expect(await read('{"title": "My person (new)"}')).toMatchObject({ name: 'My_person_new_' });
    expect(await read('{"title": "人"}')).toMatchObject({ name: 'answer' });
  });

  it('is a file where there is one, which names it', async () => {
    expect(await read('person.schema.json')).toEqual({ type: 'json_schema', name: 'person', schema: { type: 'object' } });
    expect(await read('name')).toMatchObject({ name: 'name', schema: { type: 'array' } });
    expect(await read('folder')).toMatchObject({ name: 'answer', strict: true, schema: { required: ['folder'] } });
  });

  it('is fields where they are longer than any name of a file', async () => {
    const names = Array.from({ length: 400 }, (_, i) => `field_number_${i}`);
    expect(await read(names.join(', '))).toMatchObject({ schema: { required: names } });
  });

  it.each([
    ['nosuch.json', 'the schema nosuch.json could not be read: there is no such file'],
    ['./nosuch', 'the schema ./nosuch could not be read: there is no such file'],
    ['./folder', 'the schema ./folder could not be read: it is a folder'],
  ])('%s is a file that can’t be read', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'no_input',
      message,
      hint: 'check the name, or write the schema or its fields: --schema "name, age int"',
    });
  });

  const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
  it.each<[string, object, true | undefined]>([
    ['closed objects with all their properties', { ...closed, properties: { a: closed } }, true],
    ['a list of such', { type: 'array', items: closed }, true],
    ['an object that may hold more', { ...closed, additionalProperties: true }, undefined],
    ['a property that may be missing', { ...closed, required: [] }, undefined],
    ['an object inside that may hold more', { ...closed, properties: { a: { type: ['object', 'null'] } } }, undefined],
    ['one in $defs', { ...closed, $defs: { b: { properties: {} } } }, undefined],
    ['a default that only looks like one', { ...closed, properties: { a: { type: 'string', default: { type: 'object' } } } }, true],
  ])('holds models to it strictly where providers can: %s', async (_, schema, strict) => {
    expect(((await read(JSON.stringify(schema))) as { strict?: boolean }).strict).toBe(strict);
  });
});

describe('mom ask --schema', () => {
  it('prints JSON that fits, and asks the model for that alone', async () => {
    const cli = await mixtureCli({ proposers: [JSON_MODEL] });
    const result = await cli.ask('-m', JSON_MODEL, '--schema', FIELDS, 'Who?');
    expect(result).toEqual({ stdout: '{"name":"simulated","age":1}\n', stderr: '', status: 0, signal: null });
    expect(cli.bodies()[0]?.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema: fieldsSchema(FIELDS), strict: true },
    });
  });

  it.each(['fuse', 'vote', 'select', 'single', 'auto'])('holds with strategy %s', async (strategy) => {
    const cli = await mixtureCli({
      proposers: families(JSON_MODEL, 'sandbox/json,len=5', says('{"name": "a", "age": 2}')),
      critic: JSON_MODEL,
    });
    const { stdout, status } = await cli.ask('--schema', FIELDS, '--strategy', strategy, 'Who?');
    expect([Object.keys(JSON.parse(stdout) as object), status]).toEqual([['name', 'age'], 0]);
  });

  it('takes a fence off, and has what does not fit repaired once', async () => {
    const fenced = await runCli([
      'ask',
      '--sandbox',
      '-q',
      '-m',
      says('```json\n{"name": "a", "age": 2}\n```'),
      '--schema',
      FIELDS,
      'Who?',
    ]);
    expect(fenced).toMatchObject({ stdout: '{"name": "a", "age": 2}\n', stderr: '', status: 0 });
    const model = 'sandbox/json,jsonbad=1';
    const cli = await mixtureCli({ proposers: [model] });
    expect(await cli.ask('-m', model, '--schema', FIELDS, 'Who?')).toEqual({
      stdout: '{"name":"simulated","age":1}\n',
      stderr: `mom: warning: ${repaired(model)}\n`,
      status: 0,
      signal: null,
    });
    expect(cli.requests()).toEqual({ [model]: 2 });
  });

  it('prints no answer that does not fit after its repair, and keeps it to be looked at', async () => {
    const model = says('{"name": "a"}');
    const cli = await mixtureCli({ proposers: [model] });
    const result = await cli.ask('-m', model, '--schema', FIELDS, '-o', 'a.json', 'Who?');
    const message = `the answer is not JSON that fits the schema 'answer', not even after a repair: at the top: lacks the property "age"`;
    expect(result).toMatchObject({ stdout: '', status: 76 });
    expect(result.stderr).toContain(
      `mom: ${message}\nhint: ask again, name a critic that is good at JSON, or make what is asked for simpler\n`,
    );
    expect(existsSync(join(cli.place.cwd, 'a.json'))).toBe(false);
    const [, id = ''] = /mom logs show (\S+)/.exec(result.stderr) ?? [];
    const shown = await runCli(['logs', 'show', id, '--json'], { place: cli.place });
    expect(shown.stdout).toContain('{\\"name\\": \\"a\\"}');
    const json = await cli.ask('-m', model, '--schema', FIELDS, '--json', 'Who?');
    expect([JSON.parse(json.stdout), json.status]).toMatchObject([{ status: 'failed', error: { code: 'schema_mismatch', message } }, 76]);
  });

  it('writes the JSON to the file of -o, and into the object of --json', async () => {
    const cli = await mixtureCli({ proposers: [JSON_MODEL] });
    writeFileSync(join(cli.place.cwd, 'person.json'), '{"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}');
    expect(await cli.ask('-m', JSON_MODEL, '--schema', 'person.json', '-o', 'out.json', 'Who?')).toMatchObject({ stdout: '', status: 0 });
    expect(readFileSync(join(cli.place.cwd, 'out.json'), 'utf8')).toBe('{"id":1}\n');
    const { stdout } = await cli.ask('-m', JSON_MODEL, '--schema', 'person.json', '--json', 'Who?');
    expect(JSON.parse(stdout)).toMatchObject({ status: 'complete', answer: '{"id":1}' });
    expect(cli.bodies()[0]?.response_format).toMatchObject({ json_schema: { name: 'person' } });
  });

  it.each([
    [
      '{"type": "objct"}',
      65,
      `the JSON schema 'answer' can't be used: at #/type: "objct" is no type; there are string, number, integer, boolean, object, array, null`,
    ],
    ['{"type": "object",}', 65, 'the schema is not JSON: line 1, column 19: there should be a name in double quotes'],
    ['list.json', 65, 'list.json is not a JSON Schema: it must be an object'],
    ['broken.json', 65, 'broken.json is not JSON: line 2, column 1: it ends where there should be , or }'],
    ['nosuch.json', 66, 'the schema nosuch.json could not be read: there is no such file'],
    ['age date', 2, "--schema: the field 'age' cannot be of type 'date'"],
  ])('%s ends with %i and asks nobody', async (schema, status, message) => {
    const cli = await mixtureCli({ proposers: [JSON_MODEL] });
    writeFileSync(join(cli.place.cwd, 'list.json'), '[1]');
    writeFileSync(join(cli.place.cwd, 'broken.json'), '{"type": "object"\n');
    const result = await cli.ask('-m', JSON_MODEL, '--schema', schema, 'Who?');
    expect([result.stdout, result.stderr.split('\n')[0], result.status]).toEqual(['', `mom: ${message}`, status]);
    expect(cli.requests()).toEqual({});
  });

  it('is for one answer', async () => {
    const cli = await mixtureCli({ proposers: [JSON_MODEL, JSON_MODEL], critic: JSON_MODEL });
    expect(await cli.ask('--no-critic', '--schema', FIELDS, 'Who?')).toEqual({
      stdout: '',
      stderr: 'mom: --no-critic prints what each model says, and a schema is for one answer\nhint: leave --no-critic or the schema out\n',
      status: 2,
      signal: null,
    });
    expect((await cli.ask('-m', JSON_MODEL, '--no-critic', '--schema', FIELDS, 'Who?')).stdout).toBe('{"name":"simulated","age":1}\n');
  });
});
