import { describe, expect, it } from 'vitest';
import { openService } from '../../../src/app/service/open-service.js';
import { makeWorkspace } from '../workspace.js';

const KEY = 'cnry-brk-Sd1Jy6Vn8Lg4Qa9Xu3Mt';

describe('a key in the wrong place of a configuration is not told', () => {
  it.each([
    `providers: { openrouter: ${KEY} }`,
    `mixture: ${KEY}`,
    `timeouts: { run: ${KEY} }`,
    `serve: { cors_origins: [${KEY}] }`,
    `serve: { allowed_hosts: [${KEY}/x] }`,
    `serve: { port: ${KEY} }`,
    `serve: { side_requests: [{ name: a, system: b, model: mom/${KEY} }] }`,
    `${KEY}: 1`,
    `mixtures: { default: { strategy: ${KEY} } }`,
    `mixtures: { default: { proposers: [*${KEY}] } }`,
    `mixtures: { default: { proposers: [{ model: x, ${KEY}: x }] } }`,
    `serve: { keys: ["${KEY} with spaces"] }`,
    `serve: { keys: [{ name: a, key: ${KEY}, ${KEY} }] }`,
    `serve: { keys: [{ key: ${KEY}, name: a, concurrency: -1 }] }`,
    `a: "${KEY}" b`,
    `"${KEY}`,
  ])('%s', async (text) => {
    const { cwd, home, write } = makeWorkspace();
    const file = write('own.yaml', `${text}\n`);
    const error = await openService({ env: {}, cwd, home, configFile: file, sandbox: { recorded: [] } }).then(
      () => null,
      (thrown: Error & { hint: string | null }) => thrown,
    );
    expect(error).toMatchObject({ code: 'config_invalid' });
    expect(`${error?.message} ${error?.hint}`).not.toContain(KEY);
    expect(error?.message).toContain('own.yaml');
  });
});
