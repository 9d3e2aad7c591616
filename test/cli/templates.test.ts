import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { mixtureCli, says } from '../support/mixture-cli.js';
import { onTerminal } from '../support/terminal.js';

/** A place with these files; names begin with `config/` or `work/`. */
function placeWith(files: Record<string, string>): Place {
  const place = newPlace();
  onTestFinished(place.remove);
  put(place, files);
  return place;
}

function put(place: Place, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(place.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const OWN = 'config/mom/templates';
const PROJECT = { 'work/mom.config.yaml': '', 'work/templates/review.md': 'Project: {{lang}}\n' };
const REVIEW =
  '---\ndescription: look at code\nsystem: You know {{lang}}.\ndefaults: { level: 1.0 }\n---\nReview this {{lang}}, level {{level}}.\n';

/** What the model was asked, which `sandbox/echo` says again. */
const echoed = (place: Place, args: readonly string[], stdin = '') =>
  runCli(['ask', '--sandbox', '-q', '-m', 'sandbox/echo', ...args], { place, stdin });

describe('mom ask -t', () => {
  it('asks the template, with the system text, the parameters and the defaults', async () => {
    const cli = await mixtureCli({ proposers: ['sandbox/echo'] });
    put(cli.place, { [`${OWN}/review.md`]: REVIEW });
    const { stdout, stderr, status } = await cli.ask('-q', '-m', 'sandbox/echo', '-t', 'review', '-p', 'lang=@{{level}}');
    expect([stdout, stderr, status]).toEqual(['Review this @{{level}}, level 1.0.\n', '', 0]);
    expect(cli.bodies()[0]?.messages).toEqual([
      { role: 'system', content: 'You know @{{level}}.' },
      { role: 'user', content: 'Review this @{{level}}, level 1.0.' },
    ]);
  });

  it('reads no file for a system text that begins with @, and lets --system win', async () => {
    const cli = await mixtureCli({ proposers: ['sandbox/echo'] });
    put(cli.place, { [`${OWN}/a.md`]: '---\nsystem: "@{{x}}"\n---\nhi' });
    await cli.ask('-m', 'sandbox/echo', '-t', 'a', '-p', 'x=/etc/passwd');
    await cli.ask('-m', 'sandbox/echo', '-t', 'a', '-p', 'x=1', '-s', 'Mine {{x}}.');
    expect(cli.bodies().map(({ messages }) => messages[0]?.content)).toEqual(['@/etc/passwd', 'Mine {{x}}.']);
  });

  it('puts the input into its blank, and what stands in the input stays as it is', async () => {
    const place = placeWith({ [`${OWN}/wrap.md`]: 'Say "{{input}}" in {{lang}}.' });
    const asked = await echoed(place, ['-t', 'wrap', '-p', 'lang={{input}}', 'hi {{lang}}']);
    expect([asked.stdout, asked.stderr, asked.status]).toEqual(['Say "hi {{lang}}" in {{input}}.\n', '', 0]);
    expect((await echoed(place, ['-t', 'wrap', '-p', 'lang=de'], 'from a pipe')).stdout).toBe('Say "from a pipe" in de.\n');
  });

  it('without that blank is an instruction that prompt, stdin and files follow', async () => {
    const place = placeWith({ [`${OWN}/short.md`]: 'Be short.\n', 'work/a.txt': 'data' });
    expect((await echoed(place, ['-t', 'short'])).stdout).toBe('Be short.\n');
    expect((await onTerminal('$MOM ask --sandbox -q -m sandbox/echo -t short', { place })).screen).toBe('Be short.\n');
    expect((await echoed(place, ['-t', 'short', 'And', 'kind.'])).stdout).toBe('Be short.\n\nAnd kind.\n');
    expect((await echoed(place, ['-t', 'short', '-f', 'a.txt'], 'piped')).stdout).toBe(
      'Be short.\n\n<stdin>\npiped\n</stdin>\n\n<file path="a.txt">\ndata\n</file>\n',
    );
  });

  it('without a text leaves the question to the input', async () => {
    const place = placeWith({ [`${OWN}/brief.md`]: '---\nsystem: Be brief.\n---\n' });
    expect((await echoed(place, ['-t', 'brief', 'hi'])).stdout).toBe('hi\n');
    expect(await echoed(place, ['-t', 'brief'])).toMatchObject({
      stdout: '',
      stderr: 'mom: standard input is empty and there is no question\nhint: mom ask "your question"\n',
      status: 66,
    });
  });

  it.each([
    [['-t', 'review'], "mom: the template 'review' needs 'lang'\nhint: mom ask -t review -p lang=...\n"],
    [
      ['-t', 'review', '-p', 'lnag=ts'],
      "mom: the template 'review' has no parameter 'lnag'\nhint: did you mean 'lang'? there are: lang, level\n",
    ],
    [['-t', 'review', '-p', 'lang=a', '-p', 'lang=b'], "mom: -p gives 'lang' twice\nhint: give each parameter once\n"],
    [['-t', 'review', '-p', 'input=a'], "mom: -p cannot give 'input'\nhint: it is what the prompt, stdin and files say\n"],
    [['-t', 'plain', '-p', 'lang=a'], "mom: the template 'plain' has no parameter 'lang'\nhint: it takes none\n"],
    [['-t', 'two'], "mom: the template 'two' needs 'a' and 'b'\nhint: mom ask -t two -p a=... -p b=...\n"],
    [['-t', 'reviw'], "mom: there is no template 'reviw'\nhint: did you mean 'review'? there are: plain, review, two\n"],
    [
      ['-t', '../review'],
      'mom: "../review" cannot be the name of a template\nhint: it is the name of a file in the folder of templates, without .md: letters, digits and _ . -\n',
    ],
  ])('%j ends with 2 and asks nobody', async (args, stderr) => {
    const place = placeWith({ [`${OWN}/review.md`]: REVIEW, [`${OWN}/plain.md`]: 'hi', [`${OWN}/two.md`]: '{{a}} {{b}}' });
    expect(await echoed(place, args)).toEqual({ stdout: '', stderr, status: 2, signal: null });
    expect(existsSync(join(place.state, 'mom', 'runs'))).toBe(false);
  });

  it('uses a project’s template only when it is trusted as it is', async () => {
    const place = placeWith(PROJECT);
    const ask = () => echoed(place, ['-t', 'review', '-p', 'lang=ts']);
    const refused = {
      stdout: '',
      stderr:
        'mom: templates/review.md comes with this project, and is not trusted\nhint: read the file; if you trust it as it is, run `mom config trust templates/review.md`\n',
      status: 78,
      signal: null,
    };
    expect(await ask()).toEqual(refused);
    const trusted = await runCli(['config', 'trust', 'templates/review.md'], { place });
    expect(trusted).toMatchObject({ stdout: `trusted as it is now: ${join(place.cwd, 'templates/review.md')}\n`, status: 0 });
    expect((await ask()).stdout).toBe('Project: ts\n');
    put(place, { 'work/templates/review.md': 'Other: {{lang}}' });
    expect(await ask()).toEqual(refused);
    await runCli(['config', 'trust', 'templates/review.md'], { place });
    expect((await ask()).stdout).toBe('Other: ts\n');
    await runCli(['config', 'trust', '--revoke', 'templates/review.md'], { place });
    expect(await ask()).toEqual(refused);
  });

  it('trusts no template that is broken', async () => {
    const place = placeWith({ ...PROJECT, 'work/templates/bad.md': '---\nmixtur: x\n---\nhi' });
    expect(await runCli(['config', 'trust', 'templates/bad.md'], { place })).toMatchObject({
      stderr: 'mom: templates/bad.md:2:1: unknown option "mixtur"\nhint: did you mean "mixture"?\n',
      status: 78,
    });
  });

  it('says when the user’s template takes the place of a project’s', async () => {
    const place = placeWith({ ...PROJECT, [`${OWN}/review.md`]: 'Mine: {{lang}}' });
    const result = await runCli(['ask', '--sandbox', '-m', 'sandbox/echo', '-t', 'review', '-p', 'lang=ts', '--json'], { place });
    const warning = `templates/review.md comes with this project, and is not trusted: ${join(place.root, OWN)}/review.md is used instead`;
    expect(result.stderr).toContain(`mom: warning: ${warning}\n`);
    expect(JSON.parse(result.stdout)).toMatchObject({
      answer: 'Mine: ts',
      warnings: [{ code: 'template_passed_over', message: warning }],
    });
  });

  it('takes mixture, strategy and schema from it, where no flag says otherwise', async () => {
    const others = { other: { proposers: [says('{"n": 1}'), says('{"n": 2}')], critic: says('{"n": 3}') } };
    const cli = await mixtureCli({ proposers: [says('mine')] }, { others });
    put(cli.place, {
      [`${OWN}/count.md`]: '---\nmixture: other\nstrategy: single\nschema: count.schema.json\n---\nCount.',
      [`${OWN}/count.schema.json`]: '{"type": "object", "properties": {"n": {"const": 3}}}',
    });
    const plan = async (...flags: string[]) => JSON.parse((await cli.ask('-t', 'count', '--json', ...flags)).stdout) as object;
    expect(await plan()).toMatchObject({ mixture: 'other', strategy: 'single', answer: '{"n": 3}', status: 'complete' });
    expect(await plan('--strategy', 'fuse')).toMatchObject({ mixture: 'other', strategy: 'fuse' });
    expect(await plan('--schema', 'n int')).toMatchObject({ answer: '{"n": 3}' });
    expect(cli.bodies().at(-1)?.response_format).toMatchObject({ json_schema: { name: 'answer', strict: true } });
    const named = ['-m', says('{"n": 3}'), '-m', 'sandbox/json'];
    expect(await plan(...named)).toMatchObject({ mixture: 'other', strategy: 'fuse', answer: '{"n": 3}' });
    expect(await plan('--mixture', 'mine')).toMatchObject({ mixture: 'mine', status: 'failed', error: { code: 'schema_mismatch' } });
  });

  it('tells an unknown mixture of it as one of --mixture', async () => {
    const place = placeWith({ [`${OWN}/a.md`]: '---\nmixture: nosuch\n---\nhi' });
    const [told, named] = [await echoed(place, ['-t', 'a']), await echoed(place, ['--mixture', 'nosuch', 'hi'])];
    expect(told).toEqual(named);
    expect(told.status).toBe(2);
  });
});

describe('mom templates', () => {
  const files = {
    ...PROJECT,
    [`${OWN}/review.md`]: REVIEW,
    [`${OWN}/bad.md`]: '---\nmixtur: x\n---\nhi',
  };

  it('list shows who they are from, what they take and what is wrong', async () => {
    const place = placeWith(files);
    const [own, project] = [join(place.root, OWN), join(place.cwd, 'templates')];
    const { stdout, status } = await runCli(['templates', 'list'], { place });
    expect(status).toBe(0);
    expect(stdout).toBe(
      `template  from     parameters       about
bad       you                       (broken)
review    project  lang             (not trusted)
review    you      lang, level=1.0  look at code

${own}/bad.md:2:1: unknown option "mixtur"; did you mean "mixture"?
not trusted: read ${project}/review.md, then \`mom config trust ${project}/review.md\`
`,
    );
    const nothing = { description: null, mixture: null, strategy: null, broken: null };
    expect(JSON.parse((await runCli(['templates', 'list', '--json'], { place })).stdout)).toEqual([
      {
        ...nothing,
        name: 'bad',
        where: 'user',
        file: `${own}/bad.md`,
        trusted: true,
        parameters: [],
        broken: `${own}/bad.md:2:1: unknown option "mixtur"; did you mean "mixture"?`,
      },
      {
        ...nothing,
        name: 'review',
        where: 'project',
        file: `${project}/review.md`,
        trusted: false,
        parameters: [{ name: 'lang', default: null }],
      },
      {
        ...nothing,
        name: 'review',
        where: 'user',
        file: `${own}/review.md`,
        trusted: true,
        description: 'look at code',
        parameters: [
          { name: 'lang', default: null },
          { name: 'level', default: '1.0' },
        ],
      },
    ]);
  });

  it('list says how to make the first one', async () => {
    expect(await runCli(['templates', 'list'])).toEqual({
      stdout: '',
      stderr: 'mom: there are no templates yet; `mom templates edit NAME` makes one\n',
      status: 0,
      signal: null,
    });
  });

  it('show prints one as it is, on a terminal without what could drive it', async () => {
    const place = placeWith({ ...PROJECT, 'work/templates/evil.md': 'a\u001b[31mb\u202e\n', [`${OWN}/review.md`]: REVIEW.trimEnd() });
    expect(await runCli(['templates', 'show', 'evil'], { place })).toEqual({
      stdout: 'a\u001b[31mb\u202e\n',
      stderr: 'mom: templates/evil.md comes with this project, and is not trusted\n',
      status: 0,
      signal: null,
    });
    expect((await onTerminal('$MOM templates show evil 2>/dev/null', { place })).screen).toBe('ab\n');
    expect((await runCli(['templates', 'show', 'review'], { place })).stdout).toBe(REVIEW.trimEnd());
  });

  it('fits a narrow terminal', async () => {
    const place = placeWith(files);
    const { screen } = await onTerminal('$MOM templates list', { place, columns: 40 });
    expect(screen.split('\n').filter((line) => line.length > 40 && !line.includes('\u001b'))).toEqual([]);
    expect(screen).toContain('(broken)');
  });
});

describe('mom templates edit', () => {
  /** An editor that runs these shell lines with the file as `$file`, after an option that it is given. */
  function editorOf(place: Place, lines: string): string {
    const program = join(place.root, 'editor.sh');
    writeFileSync(program, `#!/bin/sh\n[ "$1" = --wait ] || exit 9\nfile=$2\n${lines}\n`);
    chmodSync(program, 0o755);
    return `  ${program}   --wait`;
  }

  const edit = (place: Place, env: Record<string, string>) => runCli(['templates', 'edit', 'new'], { place, env });
  const fileIn = (place: Place) => join(place.root, OWN, 'new.md');

  it('makes a template that says what may stand in one', async () => {
    const place = placeWith({});
    const file = fileIn(place);
    const result = await edit(place, { VISUAL: editorOf(place, 'echo "Ask {{input}}" >> "$file"'), EDITOR: '/bin/false' });
    expect(result).toEqual({ stdout: '', stderr: `mom: ${file} is fine: mom ask -t new\n`, status: 0, signal: null });
    expect(readFileSync(file, 'utf8')).toMatch(/^---\n# description: .*\n(?:# .*\n)+---\nAsk \{\{input\}\}\n$/);
    expect((await echoed(place, ['-t', 'new', 'hi'])).stdout).toBe('Ask hi\n');
  });

  it('whose comments are right without the marks', async () => {
    const place = placeWith({});
    await edit(place, { EDITOR: editorOf(place, `sed -i 's/^# //' "$file"; echo "Ask." >> "$file"`) });
    expect(JSON.parse((await runCli(['templates', 'list', '--json'], { place })).stdout)).toMatchObject([
      { name: 'new', broken: null, mixture: 'default', strategy: 'fuse', parameters: [{ name: 'lang', default: 'TypeScript' }] },
    ]);
  });

  it('keeps no template that was left as it was made', async () => {
    const place = placeWith({});
    expect(await edit(place, { EDITOR: editorOf(place, 'exit 0') })).toMatchObject({
      stderr: 'mom: nothing was written, so there is no template\n',
      status: 0,
    });
    expect(existsSync(fileIn(place))).toBe(false);
  });

  it('says what is wrong with what was written, and keeps it', async () => {
    const place = placeWith({ [`${OWN}/new.md`]: 'Old.' });
    expect(await edit(place, { EDITOR: editorOf(place, 'echo "{{a b}}" > "$file"') })).toMatchObject({
      stderr: `mom: ${fileIn(place)}:1:1: {{a b}} is not a blank\nhint: a blank is {{input}} or {{name}}; write \\{{ for braces as they are; \`mom templates edit new\` opens it again\n`,
      status: 78,
    });
    expect(readFileSync(fileIn(place), 'utf8')).toBe('{{a b}}\n');
  });

  it('tells when the editor fails, or is not there', async () => {
    const place = placeWith({});
    const editor = editorOf(place, 'exit 7');
    const program = editor.trim().split(/\s+/)[0];
    expect(await edit(place, { EDITOR: editor })).toMatchObject({
      stderr: `mom: the editor ${program} ended with 7\nhint: what it has saved is in ${fileIn(place)}, if anything\n`,
      status: 74,
    });
    expect(await edit(place, { EDITOR: '/nowhere/editor' })).toMatchObject({
      stderr: 'mom: the editor /nowhere/editor could not be started: there is no such program\nhint: set VISUAL or EDITOR to your editor\n',
      status: 78,
    });
    expect(existsSync(fileIn(place))).toBe(false);
  });

  it('says that a project’s template of this name comes first', async () => {
    const place = placeWith({ 'work/mom.config.yaml': '', 'work/templates/new.md': 'hi' });
    const { stderr } = await edit(place, { EDITOR: editorOf(place, 'echo Ask. > "$file"') });
    expect(stderr).toBe(
      `mom: ${fileIn(place)} is fine: mom ask -t new\nmom: templates/new.md of this project comes first where it is trusted\n`,
    );
  });

  it('takes no name that leads elsewhere', async () => {
    expect(await runCli(['templates', 'edit', '../new'])).toMatchObject({
      stderr: expect.stringContaining('mom: "../new" cannot be the name of a template\n'),
      status: 2,
    });
  });
});
