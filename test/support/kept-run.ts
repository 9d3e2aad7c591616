import type { StoredRun } from '../../src/core/history.js';
import { type Place, runCli } from './cli.js';

/** The latest run of a place as the store has kept it. */
export async function keptRun(place: Place): Promise<StoredRun> {
  const { stdout, stderr } = await runCli(['logs', 'show', '--json'], { place });
  if (stdout === '') throw new Error(`no run is kept: ${stderr}`);
  return JSON.parse(stdout) as StoredRun;
}

/** Run ids are drawn by chance. */
export function withoutIds(text: string): string {
  return text.replace(/\d{8}-\d{6}-[0-9a-f]{6}/g, 'ID');
}
