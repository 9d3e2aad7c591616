import { describe, expect, it } from 'vitest';
import { editedFile } from '../../../src/config/files/edit-file.js';

const FILE = `# mine
mixture: default   # the usual one
mixtures:
  default:
    proposers: [a/one, { model: b/two, temperature: 0.7 }]   # two of them
    critic: c/three
max_cost: 0.5
`;

describe('an edited configuration', () => {
  it('keeps comments, order and what is not touched', () => {
    const edits = [
      { path: ['mixtures', 'b-two'], value: { strategy: 'single', single: 'b/two' } },
      { path: ['mixtures', 'default', 'auto', 'math'], value: 'b-two' },
      { path: ['mixtures', 'default', 'strategy'], value: 'auto' },
    ];
    expect(editedFile(FILE, 'mom.config.yaml', edits)).toBe(`# mine
mixture: default # the usual one
mixtures:
  default:
    proposers: [ a/one, { model: b/two, temperature: 0.7 } ] # two of them
    critic: c/three
    auto:
      math: b-two
    strategy: auto
  b-two:
    strategy: single
    single: b/two
max_cost: 0.5
`);
  });

  it('can begin with nothing', () => {
    expect(editedFile('', 'f.yaml', [{ path: ['mixture'], value: 'fast' }])).toBe('mixture: fast\n');
    expect(editedFile('# only words\n', 'f.yaml', [{ path: ['mixture'], value: 'fast' }])).toBe('# only words\n\nmixture: fast\n');
  });

  it('keeps JSON JSON', () => {
    const edited = editedFile('{"mixture": "default"}', 'mom.config.json', [{ path: ['mixtures', 'default', 'strategy'], value: 'auto' }]);
    expect(JSON.parse(edited)).toEqual({ mixture: 'default', mixtures: { default: { strategy: 'auto' } } });
  });

  it('is refused where the file is wrong already', () => {
    expect(() => editedFile('mixtur: x', 'f.yaml', [])).toThrow('f.yaml:1:1: ');
  });

  it('is refused where it would be wrong', () => {
    expect(() => editedFile('', 'f.yaml', [{ path: ['mixtures', 'default', 'strategy'], value: 'none' }])).toThrow(
      /f\.yaml:3:5: .*strategy/,
    );
  });
});
