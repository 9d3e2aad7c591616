import { type Schema, Validator } from '@cfworker/json-schema';
import { describe, expect, it } from 'vitest';
import { misfitOf, sampleOf } from '../../src/sandbox/json-sample.js';
import { start, whole } from './support.js';

const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 18 } },
  required: ['name', 'age'],
  additionalProperties: false,
};
const formatOf = (schema: unknown) => ({ response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } });
const fits = (schema: unknown, value: unknown): boolean => new Validator(schema as Schema, '2020-12').validate(value).valid;

const TREE = {
  $ref: '#/$defs/node',
  $defs: {
    node: {
      type: 'object',
      properties: { label: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
      required: ['label', 'children'],
    },
  },
};

describe('a sample of a schema', () => {
  it.each<[unknown, unknown]>([
    [{ type: 'string' }, 'simulated'],
    [{ type: 'string', minLength: 12 }, 'simulated...'],
    [{ type: 'string', maxLength: 3 }, 'sim'],
    [{ type: 'string', format: 'date' }, '2000-01-01'],
    [{ type: 'integer' }, 1],
    [{ type: 'integer', minimum: 18 }, 18],
    [{ type: 'integer', exclusiveMinimum: 18 }, 19],
    [{ type: 'integer', maximum: -3 }, -3],
    [{ type: 'integer', exclusiveMaximum: 0 }, -1],
    [{ type: 'integer', minimum: 7, multipleOf: 5 }, 10],
    [{ type: 'number' }, 0.5],
    [{ type: 'number', exclusiveMinimum: 0, maximum: 0.25 }, 0.25],
    [{ type: 'number', minimum: 0.1, maximum: 0.2 }, 0.1],
    [{ type: 'boolean' }, true],
    [{ type: 'null' }, null],
    [{ type: ['null', 'integer'] }, 1],
    [{ enum: ['red', 'green'] }, 'red'],
    [{ const: 7 }, 7],
    [{ type: 'array', items: { type: 'boolean' } }, [true]],
    [{ type: 'array', items: { type: 'boolean' }, minItems: 3 }, [true, true, true]],
    [{ type: 'array', items: { type: 'boolean' }, maxItems: 0 }, []],
    [{ type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], items: false }, [1, 'simulated']],
    [{ anyOf: [{ type: 'null' }, { type: 'integer' }] }, 1],
    [{ oneOf: [{ type: 'object', properties: { kind: { const: 'a' } }, required: ['kind'] }] }, { kind: 'a' }],
    [
      {
        allOf: [
          { properties: { a: { type: 'integer' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'boolean' } }, required: ['b'] },
        ],
      },
      { a: 1, b: true },
    ],
    [PERSON, { name: 'simulated', age: 18 }],
    [{ type: 'object', required: ['x'], additionalProperties: { type: 'integer' } }, { x: 1 }],
    [{}, 'simulated'],
  ])('%j', (schema, expected) => {
    expect(sampleOf(schema)).toEqual(expected);
    expect(fits(schema, expected)).toBe(true);
  });
  it('comes to an end where a schema holds itself', () => {
    const value = sampleOf(TREE);
    expect(fits(TREE, value)).toBe(true);
    expect(JSON.stringify(value)).toMatch(/^{"label":"simulated","children":\[{"label"/);
  });
});

describe('what does not fit', () => {
  it.each<[unknown, unknown]>([
    [PERSON, { name: 'simulated' }],
    [{ type: 'object' }, ['this does not fit']],
    [{ type: 'array', items: {} }, { simulated: 'this does not fit' }],
    [{ type: 'string' }, { simulated: 'this does not fit' }],
  ])('%j', (schema, expected) => {
    expect(misfitOf(schema)).toEqual(expected);
    expect(fits(schema, expected)).toBe(false);
  });
});

describe('over the wire', () => {
  const content = async (items: string, body: Record<string, unknown>, times = 1): Promise<unknown[]> => {
    const sandbox = await start();
    const answers: unknown[] = [];
    for (let i = 0; i < times; i++)
      answers.push(JSON.parse((await whole(sandbox, `sandbox/${items}`, 'x', body)).body.choices[0].message.content));
    return answers;
  };
  const good = { name: 'simulated', age: 18 };
  const bad = { name: 'simulated' };

  it('json answers in the schema that is asked for', async () => {
    expect(await content('json', formatOf(PERSON))).toEqual([good]);
    expect(await content('json', { response_format: { type: 'json_object' } })).toEqual([expect.objectContaining({ simulated: true })]);
  });
  it('jsonbad breaks the schema in the first calls, then answers as it would', async () => {
    expect(await content('json,jsonbad=2', formatOf(PERSON), 3)).toEqual([bad, bad, good]);
    expect(await content(`say=${encodeURIComponent('{"mine":1}')},jsonbad=1`, formatOf(PERSON), 2)).toEqual([bad, { mine: 1 }]);
  });
  it('jsonbad is no object where one is asked for without a schema', async () => {
    expect(await content('json,jsonbad=1', { response_format: { type: 'json_object' } }, 2)).toEqual([
      ['this does not fit'],
      expect.objectContaining({ simulated: true }),
    ]);
  });
});

describe('a model that is asked for a schema', () => {
  const answerOf = async (model: string) =>
    (await whole(await start(), model, 'Invent a person.', formatOf(PERSON))).body.choices[0].message.content;

  it.each(['sandbox/text', 'sandbox/critic', '~openai/gpt-latest'])('%s answers in its form', async (model) => {
    expect(await answerOf(model)).toBe('{"name":"simulated","age":18}');
  });

  it('says what it is told to say all the same', async () => {
    expect(await answerOf('sandbox/say=no%20JSON')).toBe('no JSON');
  });
});
