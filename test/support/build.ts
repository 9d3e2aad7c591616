import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Before any test: tests that start the program must not meet the one of an hour ago. */
export default function build(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build.mjs')], { stdio: 'inherit' });
}
