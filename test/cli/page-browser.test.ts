import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, screenshot, shownDom } from '../support/chromium.js';
import { runCli } from '../support/cli.js';
import { families, type MixtureCli, mixtureCli, says } from '../support/mixture-cli.js';
import { hasProgram } from '../support/programs.js';

const CLEANUPS: (() => void | Promise<void>)[] = [];

/** What a page would ask of the network; it must be nothing. */
const requests: string[] = [];
let server: Server;
let cli: MixtureCli;
let file: string;
let url: string;

/** Everything that makes a browser run a script or load something, if it gets there as it is. */
function hostile(url: string): string {
  return [
    '# A *heading* <script>document.title = "owned"</script>',
    `<img src="${url}/img" onerror="document.title='owned'"><svg onload="document.title='owned'"><style>@import "${url}/css";</style>`,
    `</style></script></title><base href="${url}/"><meta http-equiv="refresh" content="0; url=${url}/refresh"><iframe src="${url}/frame">`,
    `![picture](${url}/markdown.png "title\\" onload=x") [![in a link](${url}/linked.png)](${url}/outer)`,
    `[click](javascript:document.title='owned') [data](data:text/html,<script>1</script>) [file](file:///etc/passwd) [safe](https://example.com/?a=1&b=2)`,
    `<https://example.com/auto> [vb](vbscript:x) [entity](&#106;avascript:alert(1)) [ref] &#x202e;reversed`,
    `[ref]: javascript:alert(1)`,
    `| a | b |\n|:--|--:|\n| <b onclick="x">1</b> | 2 |`,
    '```html"onmouseover="x\n<script>document.title = "owned"</script>\n```',
    'control \u001b[31m and \u202e bidi \u0007 and <a href="javascript:x">raw</a>',
  ].join('\n\n');
}

const itInChromium = it.skipIf(!hasProgram(CHROMIUM));

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(String(request.url));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const text = hostile(url);
  cli = await mixtureCli(
    {
      proposers: families(says(text, 'ttft=120', 'tps=1500'), says('**Plain** words.', 'ttft=260'), 'sandbox/e500=1'),
      critic: says(`${text}\n\nThe end.`, 'ttft=80'),
      quorum: 2,
    },
    { finished: (then) => CLEANUPS.push(then) },
  );
  const asked = await cli.ask(`What is this? ${text}`, '--system', `</pre><script src="${url}/system.js"></script>`, '--retries', '0');
  expect(asked.status, asked.stderr).toBe(0);
  file = join(cli.place.root, 'page.html');
  const shown = await runCli(['logs', 'show', '--html', '-o', file], { place: cli.place });
  expect(shown).toMatchObject({ stdout: '', stderr: '', status: 0 });
});
afterAll(async () => {
  for (const cleanUp of CLEANUPS.reverse()) await cleanUp();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('the page of a run with hostile texts, in Chromium', { timeout: 90_000 }, () => {
  itInChromium('runs nothing, loads nothing and shows what was written', async () => {
    const dom = await shownDom(file);
    expect(requests).toEqual([]);
    expect(/<title>(.*?)<\/title>/s.exec(dom)?.[1]).toMatch(/^What is this\? # A \*heading\* &lt;script&gt;/);
    const tags = new Set(dom.match(/<[a-z][a-z0-9]*/gi)?.map((tag) => tag.toLowerCase()));
    for (const tag of ['<script', '<img', '<iframe', '<base', '<object', '<link', '<form', '<input']) expect([...tags]).not.toContain(tag);
    expect(dom.match(/<meta http-equiv="[^"]*"/g)).toEqual(['<meta http-equiv="Content-Security-Policy"']);
    expect(dom.match(/<[^>]*\son\w+=/g)).toBeNull();
    expect(dom.match(/<style/g)).toHaveLength(1);
    expect(dom.match(/<(html|body|main)/g)).toEqual(['<html', '<body', '<main']);
    expect(dom).toContain('The end.');
    expect(dom).toContain('control ⟨U+001B⟩[31m and ⟨U+202E⟩ bidi ⟨U+0007⟩ and');
    expect(dom).toContain('⟨U+202E⟩reversed');
  });

  itInChromium('links to the web only, and to pictures instead of showing them', async () => {
    const dom = await shownDom(file);
    const links = [...dom.matchAll(/<a ([^>]*)>/g)].map(([, attributes]) => String(attributes));
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(link).toMatch(/^href="https?:\/\/[^"]+"(?: title="[^"]*")? rel="noreferrer"$/);
    expect(dom).toMatch(/<a href="[^"]+\/markdown\.png" rel="noreferrer">\[image: picture\]<\/a>/);
    expect(dom).toMatch(/<a href="[^"]+\/outer" rel="noreferrer">\[image: in a link\]<\/a>/);
    expect(dom).toContain('[click](javascript:document.title=');
  });

  itInChromium('would be caught if it did', async () => {
    const bad = join(cli.place.root, 'bad.html');
    writeFileSync(bad, `<title>fine</title>${hostile(url).replace(/<meta[^>]*>|<base[^>]*>/g, '')}`);
    expect(/<title>(.*?)<\/title>/s.exec(await shownDom(bad))?.[1]).toBe('owned');
    expect(requests.splice(0)).toContain('/img');
  });

  itInChromium('can be looked at', async () => {
    const view = { width: 1200, height: 1800 };
    await look(file, 'page-hostile', view, '#f6f7f9');
    expect(requests).toEqual([]);
  });
});

describe('the page of a run of the sandbox, in Chromium', { timeout: 90_000 }, () => {
  itInChromium('can be looked at in light and dark, on a wide and a narrow screen', async () => {
    const page = join(cli.place.root, 'sandbox.html');
    await runCli(['ask', '--sandbox', '-q'], { place: cli.place });
    expect(await runCli(['logs', 'show', '--html', '-o', page], { place: cli.place })).toMatchObject({ stderr: '', status: 0 });
    await look(page, 'page-light', { width: 1200, height: 2000 }, '#f6f7f9');
    await look(page, 'page-dark', { width: 1200, height: 2000, dark: true }, '#12151b');
    await look(page, 'page-narrow', { width: 500, height: 3000 }, '#f6f7f9');
  });
});

/** Takes a screenshot, says where it is, and looks whether something is on it. */
async function look(page: string, name: string, view: Parameters<typeof screenshot>[2], ground: string): Promise<void> {
  const picture = await screenshot(page, name, view);
  process.stdout.write(`a screenshot of the page: ${picture.path}\n`);
  expect(picture).toMatchObject({ width: view.width, height: view.height });
  expect(picture.at(2, 2)).toBe(ground);
  expect(picture.colours).toBeGreaterThan(50);
}
