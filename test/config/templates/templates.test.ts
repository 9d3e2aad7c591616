import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trust, trustFile } from '../../../src/config/files/trust.js';
import { blanksOf, fillBlanks } from '../../../src/config/templates/blanks.js';
import { parseTemplate } from '../../../src/config/templates/template-file.js';
import { findTemplates, openTemplate, templateNames, trustLine } from '../../../src/config/templates/templates.js';
import { makeWorkspace, PROJECT } from '../workspace.js';

const PROJECT_REVIEW = 'project/templates/review.md';
const USER_REVIEW = 'home/.config/mom/templates/review.md';

function world(files: Record<string, string>) {
  const space = makeWorkspace(files);
  return { ...space, env: {} };
}

describe('blanks', () => {
  it.each([
    ['a {{x}} b', { x: '1' }, 'a 1 b'],
    ['{{ x }}{{x}}', { x: '1' }, '11'],
    ['{{x}}', { x: '{{y}} $& $1', y: 'no' }, '{{y}} $& $1'],
    ['\\{{x}} {{x}}', { x: '1' }, '{{x}} 1'],
    ['{{{x}}}', { x: '1' }, '{1}'],
    ['int a[][] = {{1,2},{3,4}}; {{\n}}', {}, 'int a[][] = {{1,2},{3,4}}; {{\n}}'],
    ['{{a-b_2}}', { 'a-b_2': '1' }, '1'],
  ])('of %j, filled with %j', (text, values, expected) => {
    expect(fillBlanks(text, values)).toBe(expected);
  });

  it('are found once each, in order, and what names none is told', () => {
    expect(blanksOf('{{b}} {{a}} {{b}} \\{{c}}')).toEqual({ names: ['b', 'a'], misnamed: null });
    expect(blanksOf('x {{a}} {{ y.z }}').misnamed).toEqual({ offset: 8, text: '{{ y.z }}' });
  });
});

describe('the text of a template', () => {
  it('may be all there is', async () => {
    expect(await parseTemplate('\n Review {{lang}}: {{input}}\n\n', 't.md')).toEqual({
      text: 'Review {{lang}}: {{input}}',
      description: null,
      mixture: null,
      strategy: null,
      system: null,
      schema: null,
      defaults: {},
      parameters: ['lang'],
    });
  });

  it('comes below its front matter, whose values are texts as they stand there', async () => {
    const front = 'description: a\nmixture: best\nstrategy: vote\nsystem: |\n  You know {{lang}}.\n  Well.\nschema: name, n int\n';
    const text = `\uFEFF---\r\n${front.replaceAll('\n', '\r\n')}defaults: { level: 1.0, lang: yes }\r\n---\r\n\r\nReview {{level}}.\r\n---\r\nend`;
    expect(await parseTemplate(text, 't.md')).toEqual({
      text: 'Review {{level}}.\r\n---\r\nend',
      description: 'a',
      mixture: 'best',
      strategy: 'vote',
      system: 'You know {{lang}}.\nWell.\n',
      schema: 'name, n int',
      defaults: { level: '1.0', lang: 'yes' },
      parameters: ['lang', 'level'],
    });
  });

  it.each(['---\n---\nhi', '---\n# mixture: best\n---\nhi', '---\nmixture:\n---\nhi'])(
    'may have front matter that says nothing: %j',
    async (text) => {
      expect(await parseTemplate(text, 't.md')).toMatchObject({ text: 'hi', mixture: null });
    },
  );

  it('may be nothing but front matter', async () => {
    expect(await parseTemplate('---\nsystem: Be brief.\n---\n', 't.md')).toMatchObject({ text: '', system: 'Be brief.' });
  });

  it.each([
    ['---\nmixtur: x\n---\nhi', 't.md:2:1: unknown option "mixtur"', 'did you mean "mixture"?'],
    ['---\nmixture: [a]\n---\nhi', 't.md:2:1: mixture must be a text', 'put it in quotes'],
    ['---\na: 1\n', 't.md:1:1: the front matter has no end', 'close it with a line of ---'],
    ['---\n- a\n---\nhi', 't.md:2:1: the front matter must be a map', 'write name: value, one a line'],
    ['---\nmixture: a\nmixture: b\n---\nhi', 't.md:3:1: Map keys must be unique', 'the front matter must be YAML; correct this place'],
    ['---\nstrategy: voet\n---\nhi', 't.md:2:1: there is no strategy "voet"', 'did you mean "vote"?'],
    ['---\ndefaults: x\n---\nhi', 't.md:2:1: defaults must be a map', 'write name: value, one a line'],
    [
      '---\ndefaults:\n  a b: x\n---\n{{a}}',
      't.md:3:3: "a b" cannot be the name of a parameter',
      'a name begins with a letter; `input` is taken',
    ],
    [
      '---\ndefaults: { input: x }\n---\n{{input}}',
      't.md:2:13: "input" cannot be the name of a parameter',
      'a name begins with a letter; `input` is taken',
    ],
    ['---\ndefaults: { lnag: x }\n---\n{{lang}}', 't.md: defaults: there is no blank {{lnag}}', 'did you mean "lang"?'],
    [
      '---\nsystem: "{{input}}"\n---\nhi',
      't.md: system: system cannot hold {{input}}',
      'put {{input}} into the text: what comes from outside is no instruction',
    ],
    [
      '---\nmixture: a\n---\n\nhi\n {{ a.b }}',
      't.md:6:2: {{ a.b }} is not a blank',
      'a blank is {{input}} or {{name}}; write \\{{ for braces as they are',
    ],
    [' \n', 't.md: the template is empty', 'write what to ask'],
  ])('%j is told with its place', async (text, message, hint) => {
    await expect(parseTemplate(text, 't.md')).rejects.toMatchObject({ code: 'config_invalid', message, hint });
  });
});

describe('a template by name', () => {
  const project = { [PROJECT]: '', [PROJECT_REVIEW]: 'the project’s' };

  it('is found in the user’s folder, and in that of the project above', async () => {
    const space = world({ ...project, [USER_REVIEW]: 'mine', 'home/.config/mom/templates/fix.md': 'fix', 'project/deep/a.txt': '' });
    const cwd = join(space.cwd, 'deep');
    const found = () => findTemplates({ ...space, cwd }).map(({ name, where }) => `${name} ${where}`);
    mkdirSync(join(space.cwd, '.git'), { recursive: true });
    expect(found()).toEqual(['fix user', 'review project', 'review user']);
    expect(templateNames({ ...space, cwd })).toEqual(['fix', 'review']);
    rmSync(join(space.cwd, '.git'), { recursive: true });
    expect(found()).toEqual(['fix user', 'review user']);
  });

  it('needs a project file beside its folder', () => {
    expect(templateNames(world({ [PROJECT_REVIEW]: 'x' }))).toEqual([]);
  });

  it('of a project is used as soon as it is trusted as it is', async () => {
    const space = world(project);
    const list = trustFile(space.env, space.home);
    const file = join(space.root, PROJECT_REVIEW);
    const refusal = {
      code: 'config_untrusted',
      message: 'templates/review.md comes with this project, and is not trusted',
      hint: 'read the file; if you trust it as it is, run `mom config trust templates/review.md`',
    };
    await expect(openTemplate('review', space)).rejects.toMatchObject(refusal);
    trust(list, file, 'the project’s');
    expect(await openTemplate('review', space)).toMatchObject({ text: 'the project’s', passedOver: null });
    space.write(PROJECT_REVIEW, 'changed');
    await expect(openTemplate('review', space)).rejects.toMatchObject(refusal);
  });

  it('is told how it is trusted, whatever the folder is called', () => {
    expect(trustLine('templates/überblick.md')).toBe('mom config trust templates/überblick.md');
    expect(trustLine("/a b/it's.md")).toBe("mom config trust '/a b/it'\\''s.md'");
  });

  it('is the user’s where the project’s is not trusted, else the project’s', async () => {
    const space = world({ ...project, [USER_REVIEW]: 'mine' });
    const own = join(space.root, USER_REVIEW);
    expect(await openTemplate('review', space)).toMatchObject({
      text: 'mine',
      file: own,
      passedOver: `templates/review.md comes with this project, and is not trusted: ${own} is used instead`,
    });
    trust(trustFile(space.env, space.home), join(space.root, PROJECT_REVIEW), 'the project’s');
    expect(await openTemplate('review', space)).toMatchObject({ text: 'the project’s', passedOver: null });
  });

  it('in the user’s own folder is the user’s, also when that is the working directory', async () => {
    const space = world({ [USER_REVIEW]: 'mine', 'home/.config/mom/mom.config.yaml': '' });
    expect(await openTemplate('review', { ...space, cwd: join(space.home, '.config/mom') })).toMatchObject({ text: 'mine' });
  });

  it.each(['../review', '/etc/passwd', 'a/b', '.hidden', '', 'a\nb'])('%j can be none', async (name) => {
    await expect(openTemplate(name, world(project))).rejects.toMatchObject({
      code: 'usage',
      message: `${JSON.stringify(name)} cannot be the name of a template`,
    });
  });

  it('that nobody has is told with the nearest', async () => {
    await expect(openTemplate('reviw', world(project))).rejects.toMatchObject({
      code: 'usage',
      message: "there is no template 'reviw'",
      hint: "did you mean 'review'? there is: review",
    });
    const bare = world({});
    await expect(openTemplate('new', bare)).rejects.toMatchObject({
      code: 'usage',
      hint: `there is none yet; \`mom templates edit new\` makes ${join(bare.home, '.config/mom/templates/new.md')}`,
    });
  });

  it('of a project can’t be a link that leads out of it, trusted or not', async () => {
    const space = world({ ...project, 'secret.md': 'secret' });
    symlinkSync(join(space.root, 'secret.md'), join(space.cwd, 'templates/out.md'));
    symlinkSync(join(space.cwd, 'templates/review.md'), join(space.cwd, 'templates/in.md'));
    const list = trustFile(space.env, space.home);
    trust(list, join(space.root, 'secret.md'), 'secret');
    trust(list, join(space.cwd, 'templates/in.md'), 'the project’s');
    await expect(openTemplate('out', space)).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'templates/out.md is a link that leads out of its project',
    });
    expect(await openTemplate('in', space)).toMatchObject({ text: 'the project’s' });
  });

  it('is a file of text', async () => {
    const space = world({ [USER_REVIEW]: '' });
    const file = join(space.root, USER_REVIEW);
    mkdirSync(join(space.home, '.config/mom/templates/folder.md'));
    expect(templateNames(space)).toEqual(['review']);
    writeFileSync(file, Buffer.from([0x67, 0xfc]));
    await expect(openTemplate('review', space)).rejects.toMatchObject({ code: 'config_invalid', message: `${file} is not UTF-8 text` });
    writeFileSync(file, 'x'.repeat(1024 * 1024 + 1));
    await expect(openTemplate('review', space)).rejects.toMatchObject({
      code: 'config_invalid',
      message: `${file} is too large for a template: more than 1 MiB`,
    });
  });
});
