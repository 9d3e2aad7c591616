import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

/** Markdown imports are their text, as in the build. */
const markdownAsText = {
  name: 'markdown-as-text',
  enforce: 'pre' as const,
  transform(source: string, id: string) {
    if (!id.endsWith('.md')) return undefined;
    return { code: `export default ${JSON.stringify(source)};`, map: null };
  },
};

export default defineConfig({
  plugins: [markdownAsText],
  define: { MOM_VERSION: JSON.stringify(version) },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: './test/support/build.ts',
    // Most tests wait for programs that they have started: on two cores, one after the other takes twice as long.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/support/tally-reporter.ts'],
  },
});
