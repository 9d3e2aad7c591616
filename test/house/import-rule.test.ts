import { describe, expect, it } from 'vitest';
import { brokenImportRules } from './import-rule.js';
import { sourceFiles } from './source-files.js';

const house = (files: Record<string, string>) => brokenImportRules(new Map(Object.entries(files)));

describe('the import rule', () => {
  it('holds in src', () => {
    expect(brokenImportRules(sourceFiles())).toEqual([]);
  });

  it('sees a forbidden static import', () => {
    expect(house({ 'core/a.ts': "import { b } from '../engine/b.js';", 'engine/b.ts': 'export const b = 1;' })).toEqual([
      'core/a.ts imports engine/b.ts: core may import nothing',
    ]);
  });

  it('sees a forbidden dynamic import', () => {
    expect(house({ 'engine/a.ts': "const b = await import('../client/b.js');", 'client/b.ts': '' })).toEqual([
      'engine/a.ts imports client/b.ts: engine may import prompts, core',
    ]);
  });

  it('sees forbidden type imports and re-exports over several lines', () => {
    const files = {
      'cli/a.ts': "import type {\n  B,\n} from '../client/b.js';",
      'config/a.ts': "export * from '../cli/a.js';",
      'client/b.ts': '',
    };
    expect(house(files)).toEqual([
      'cli/a.ts imports client/b.ts: cli may import app, config, observe, core, server, sandbox',
      'config/a.ts imports cli/a.ts: config may import core',
    ]);
  });

  it('sees a cycle that goes through a dynamic import', () => {
    const files = { 'core/a.ts': "import './b.js';", 'core/b.ts': "import('./c.js');", 'core/c.ts': "import type { A } from './a.js';" };
    expect(house(files)).toEqual(['cycle: core/a.ts -> core/b.ts -> core/c.ts -> core/a.ts']);
  });

  it('sees imports that leave src or point nowhere, and parts nobody planned', () => {
    const files = { 'app.ts': "import '../scripts/x.js';\nimport './core/none.js';", 'misc/a.ts': '' };
    expect(house(files)).toEqual([
      'app.ts imports ../scripts/x.ts, outside of src',
      'app.ts imports core/none.ts, which does not exist',
      'misc/a.ts is in no known part of src',
    ]);
  });

  it('lets every part import what it may', () => {
    const files = {
      'core/a.ts': '',
      'prompts/a.md': 'text',
      'prompts/a.ts': "import text from './a.md';",
      'engine/a.ts': "import '../core/a.js';\nimport '../prompts/a.js';",
      'app.ts': "import './engine/a.js';",
      'cli/main.ts': "import('../app.js');",
      'index.ts': "export { createMom } from './app.js';",
    };
    expect(house(files)).toEqual([]);
  });
});
