import { describe, expect, it } from 'vitest';
import type { AnswerFormat } from '../../../src/core/answer-format.js';
import { MomError } from '../../../src/core/error.js';
import { makeChecker } from '../../../src/engine/format/checker.js';

type Schema = Record<string, unknown>;

const schemaFormat = (schema: Schema): AnswerFormat => ({ type: 'json_schema', name: 'thing', schema });
const checkerOf = (schema: Schema) => makeChecker(schemaFormat(schema));
const complaints = (schema: Schema, value: unknown) => checkerOf(schema).check(JSON.stringify(value)).complaints;
const fits = (schema: Schema, value: unknown) => checkerOf(schema).check(JSON.stringify(value)).json !== null;

function refusal(schema: Schema): MomError {
  try {
    checkerOf(schema);
  } catch (error) {
    if (error instanceof MomError) return error;
    throw error;
  }
  throw new Error('the schema was taken');
}

describe('json_object', () => {
  const { check, demand } = makeChecker({ type: 'json_object' });

  it('is told in words', () => expect(demand).toBe('a JSON object'));

  it.each([
    ['alone', '{"a": [1, 2]}'],
    ['with white space around it', '\n  {"a": [1, 2]} \n'],
    ['behind a byte order mark', '\uFEFF{"a": [1, 2]}'],
    ['in a fence', '```json\n{"a": [1, 2]}\n```'],
    ['in a fence without a name', '```\n{"a": [1, 2]}\n```\n'],
    ['in a fence of tildes', '~~~json\r\n{"a": [1, 2]}\r\n~~~'],
    ['in a long fence', '````JSON\n{"a": [1, 2]}\n````'],
    ['in a fence of one line', '```json {"a": [1, 2]}```'],
  ])('goes out bare when it stands %s', (_how, text) => {
    expect(check(text)).toEqual({ json: '{"a": [1, 2]}', complaints: [], checked: true });
  });

  it.each([
    ['', 'it is empty'],
    ['  \n', 'it is empty'],
    ['[1]', 'at the top: must be object, is array'],
    ['null', 'at the top: must be object, is null'],
    ['"{}"', 'at the top: must be object, is string'],
  ])('is not %j', (text, complaint) => {
    expect(check(text)).toEqual({ json: null, complaints: [complaint], checked: true });
  });

  it.each([
    ['words before it', 'Sure: {"a": 1}'],
    ['words behind its fence', '```json\n{"a": 1}\n```\nThat is all.'],
    ['two fences', '```json\n{"a": 1}\n```\n\n```json\n{"a": 2}\n```'],
    ['a fence that is not closed', '```json\n{"a": 1}'],
    ['an end that is missing', '{"a": 1'],
    ['a comment', '{"a": 1} // one'],
  ])('is not a text with %s', (_what, text) => {
    const { json, complaints: found } = check(text);
    expect(json).toBeNull();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^it is not JSON: /);
  });

  it('is looked for in a text of white space and marks in no time', () => {
    const started = performance.now();
    expect(check(`\`\`\`json${' '.repeat(2_000_000)}x`).json).toBeNull();
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('json_schema', () => {
  const PERSON: Schema = {
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 1 },
      age: { type: ['integer', 'null'] },
      tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
    },
    required: ['name', 'age'],
    additionalProperties: false,
    $defs: { tag: { enum: ['a', 'b'] } },
  };

  it('is told in words', () => expect(checkerOf(PERSON).demand).toBe("JSON that fits the schema 'thing'"));

  it('takes what fits, in any dress', () => {
    expect(checkerOf(PERSON).check('```json\n{"name":"Ada","age":36,"tags":["a"]}\n```').json).toBe('{"name":"Ada","age":36,"tags":["a"]}');
  });

  it('says what is wrong at which place', () => {
    expect(complaints(PERSON, { name: 7, tags: ['a', 'x/y'], 'more~': 1 })).toEqual([
      'at the top: lacks the property "age"',
      'at /name: must be string, is number',
      'at /tags/1: instance does not match any of ["a","b"]',
      'at /more~0: must not be there',
    ]);
    expect(complaints(PERSON, { name: '', age: 1.5 })).toEqual([
      'at /name: string is too short (0 < 1)',
      'at /age: must be integer or null, is number',
    ]);
    expect(complaints({ anyOf: [{ type: 'string' }, { type: 'number', minimum: 3 }] }, 1)).toEqual([
      'at the top: instance does not match any subschemas',
      'at the top: must be string, is number',
      'at the top: 1 is less than 3',
    ]);
  });

  it('tells ten things at most, each in 200 characters', () => {
    const found = complaints(
      { type: 'array', items: { enum: ['x'.repeat(500)] } },
      Array.from({ length: 50 }, () => 1),
    );
    expect(found).toHaveLength(10);
    expect(found.every((line) => line.length === 200 && line.endsWith('…'))).toBe(true);
  });

  it('reads a schema by the draft that it names, and by 2020-12 where it names none', () => {
    const tuple = { prefixItems: [{ type: 'number' }], items: false };
    expect(fits(tuple, [1])).toBe(true);
    expect(fits(tuple, [1, 2])).toBe(false);
    const sibling = { properties: { a: { $ref: '#/$defs/n', maximum: 3 } }, $defs: { n: { type: 'number' } } };
    expect(fits(sibling, { a: 4 })).toBe(false);
    // In draft 7 nothing beside $ref counts.
    expect(fits({ ...sibling, $schema: 'http://json-schema.org/draft-07/schema#' }, { a: 4 })).toBe(true);
    expect(fits({ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'number' }], additionalItems: false }, [1, 2])).toBe(
      false,
    );
    expect(fits({ $schema: 'https://json-schema.org/draft/2019-09/schema', dependentRequired: { a: ['b'] } }, { a: 1 })).toBe(false);
  });

  it('follows references that come back, as far as the answer goes', () => {
    const tree = { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#' } } }, additionalProperties: false };
    expect(fits(tree, { kids: [{ kids: [] }, {}] })).toBe(true);
    expect(complaints(tree, { kids: [{ kids: [{ kid: 1 }] }] })).toEqual(['at /kids/0/kids/0/kid: must not be there']);
  });

  it('lets formats pass that it does not know, and checks those it knows', () => {
    expect(fits({ format: 'colour' }, 'x')).toBe(true);
    expect(fits({ format: 'hasOwnProperty' }, 'x')).toBe(true);
    expect(fits({ format: 'date' }, '2026-02-30')).toBe(false);
  });

  it('takes patterns with needless backslashes as they are meant', () => {
    const id = { pattern: '^[a-z\\-]+\\-\\d\\:\\"\\/$' };
    expect(fits(id, 'a-b-7:"/')).toBe(true);
    expect(fits(id, 'a-b-x:"/')).toBe(false);
  });

  it('is not misled by notes, nor by names that every object has', () => {
    expect(fits({ examples: [{ $ref: 'nowhere' }], default: { type: 'x' }, 'x-ui': { pattern: '(' }, type: 'string' }, 'a')).toBe(true);
    expect(fits({ required: ['constructor'] }, {})).toBe(false);
    expect(fits({ additionalProperties: false }, JSON.parse('{"__proto__": 1}'))).toBe(false);
  });

  it('leaves the schema as it came', () => {
    const schema = Object.freeze({ $defs: Object.freeze({ n: Object.freeze({ type: 'number' }) }), $ref: '#/$defs/n' });
    expect(fits(schema, 1)).toBe(true);
    expect(fits(schema, 'x')).toBe(false);
  });
});

describe('a schema that cannot be used is refused at once', () => {
  it.each<[string, Schema, string]>([
    [
      'an unknown type',
      { properties: { a: { type: 'strng' } } },
      'at #/properties/a/type: "strng" is no type; there are string, number, integer, boolean, object, array, null',
    ],
    [
      'a pattern that is none',
      { properties: { 'a/b': { pattern: '(' } } },
      "at #/properties/a~1b/pattern: '(' is no regular expression of ECMA-262",
    ],
    ['a name pattern that is none', { patternProperties: { '[': {} } }, "at #/patternProperties: '[' is no regular expression of ECMA-262"],
    [
      'a reference to nothing',
      { items: { $ref: '#/$defs/gone' } },
      'at #/items: $ref "#/$defs/gone" leads nowhere; only references inside the schema are followed',
    ],
    [
      'a reference to another place',
      { $ref: 'https://example.com/s.json' },
      'at #: $ref "https://example.com/s.json" leads nowhere; only references inside the schema are followed',
    ],
    [
      'a circle',
      { properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { allOf: [{ $ref: '#/$defs/x' }] } } },
      'at #/properties/a: it is nested too deeply, or refers to itself in a circle',
    ],
    ['a schema that is a word', { properties: { a: 'string' } }, 'at #/properties/a: a schema must be an object, true or false'],
    ['names that are none', { required: true }, 'at #/required: it must be a list'],
    ['names of another kind', { required: [1] }, 'at #/required: it must be a list of names'],
    ['alternatives that are none', { anyOf: {} }, 'at #/anyOf: it must be a list'],
    ['properties in a list', { properties: [] }, 'at #/properties: it must be an object'],
    ['a limit that is no number', { minLength: '3' }, 'at #/minLength: it must be a number'],
    ['a reference that is decided later', { $dynamicRef: '#x' }, "at #/$dynamicRef: mom can't follow $dynamicRef; use $ref"],
  ])('%s', (_what, schema, where) => {
    const error = refusal(schema);
    expect(error.code).toBe('input_invalid');
    expect(error.message).toBe(`the JSON schema 'thing' can't be used: ${where}`);
    expect(error.hint).toBe(
      'correct the schema that the answer is to fit; mom checks answers by JSON Schema 2020-12, or by the draft that $schema names',
    );
  });

  it('one that is nested without end', () => {
    let schema: Schema = {};
    for (let i = 0; i < 50_000; i++) schema = { not: schema };
    expect(refusal(schema).message).toBe(
      "the JSON schema 'thing' can't be used: at #: it is nested too deeply, or refers to itself in a circle",
    );
  });

  it('one whose references double at each step, within its time', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `d${i}`,
        i === 39 ? {} : { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
      ]),
    );
    const started = performance.now();
    expect(refusal({ $ref: '#/$defs/d0', $defs }).message).toBe(
      "the JSON schema 'thing' can't be used: at #: it takes too long to read; make it simpler",
    );
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('a check that would take for ever', () => {
  it('is stopped, and after three of them no other one is begun', () => {
    const { check } = checkerOf({ type: 'string', pattern: '^(a+)+$' });
    const hostile = (n: number) => JSON.stringify(`${'a'.repeat(60 + n)}!`);
    const unchecked = { json: null, complaints: ['checking it against the schema takes longer than 250 ms'], checked: false };
    const started = performance.now();
    for (let n = 0; n < 20; n++) expect(check(hostile(n))).toEqual(unchecked);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(check('"aaa"')).toEqual(unchecked);
  });

  it('does not keep a good text from being checked', () => {
    const { check } = checkerOf({ type: 'string', pattern: '^(a+)+$' });
    expect(check(JSON.stringify(`${'a'.repeat(60)}!`)).checked).toBe(false);
    expect(check('"aaa"').json).toBe('"aaa"');
  });

  it('is not the check of a large answer', () => {
    const items = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `item ${id}` }));
    const item = {
      type: 'object',
      properties: { id: { type: 'integer' }, name: { type: 'string', pattern: '^item \\d+$' } },
      required: ['id'],
    };
    expect(fits({ type: 'array', items: item }, items)).toBe(true);
    expect(complaints({ type: 'array', items: item }, [...items, {}])).toEqual(['at /5000: lacks the property "id"']);
  });

  it('has more time for a long text', () => {
    const { check } = checkerOf({ items: { type: 'string', pattern: '^(a+)+$' } });
    const found = check(JSON.stringify(['b'.repeat(100_000), `${'a'.repeat(60)}!`]));
    expect(found.complaints).toEqual(['checking it against the schema takes longer than 350 ms']);
  });

  it('is not the one of a text that is nested too deeply either', () => {
    const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
    expect(checkerOf({ items: { $ref: '#' } }).check(deep)).toEqual({
      json: null,
      complaints: ['it is nested too deeply to be checked'],
      checked: true,
    });
  });
});
