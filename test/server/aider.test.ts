import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cleanups, type Served, says, serve } from '../clients/served.js';
import { applyAnswer, type ChatMessage, conversation, type EditFormat, type Files } from '../support/aider.js';

const FENCE = '```';
const APP =
  'import os\n\n\ndef greet(name):\n    print("Hello " + name)\n    return True\n\n\ndef main():\n    greet(os.environ["USER"])\n';
const FILES: Files = { 'src/app.py': APP, 'notes.txt': 'colour: red\nsize: 3\n' };
const NEW_APP = APP.replace('Hello', 'Hey');
const HELLO = '    print("Hello " + name)\n';
const HEY = '    print("Hey " + name)\n';
const WISH = 'Make the greeting casual.';
/** The sandbox's judge takes the longest: words that nobody should see. */
const LONG = 'I have thought about this change for a long time and from every side of it. '.repeat(8);

const block = (search: string, replace: string) =>
  `src/app.py\n${FENCE}python\n<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n${FENCE}\n`;
const diff = (body: string) => `${FENCE}diff\n--- src/app.py\n+++ src/app.py\n@@ ... @@\n${body}${FENCE}\n`;
const listing = (text: string) => `src/app.py\n${FENCE}\n${text}${FENCE}\n`;

/** Of each format: three proposals, of which the last two can't be applied and would be taken for their length. */
const PROPOSALS: Record<EditFormat, [good: string, unfit: string, broken: string]> = {
  diff: [
    `I make it casual – déjà vu, 你好.\n\n${block(HELLO, HEY)}`,
    `${LONG}\n\n${block('    print("Hello, " + name)\n', HEY)}`,
    `${LONG}\n\n${block(HELLO, HEY).replace(`>>>>>>> REPLACE\n${FENCE}\n`, '')}`,
  ],
  'diff-fenced': [
    `${FENCE}python\nsrc/app.py\n<<<<<<< SEARCH\n${HELLO}=======\n${HEY}>>>>>>> REPLACE\n${FENCE}\n`,
    `${LONG}\n\n${block(`def greet(name):\n    return True\n`, HEY)}`,
    `${LONG}\n\n${block(HELLO, HEY).replace('=======\n', '')}`,
  ],
  udiff: [
    `Here is the diff:\n\n${diff(` def greet(name):\n-${HELLO}+${HEY}`)}`,
    `${LONG}\n\n${diff(`-    print('Hello ' + name)\n+${HEY}`)}`,
    `${LONG}\n\n${diff(`-${HELLO}+${HEY}`).replace(/```\n$/, '')}`,
  ],
  whole: [
    `Ok.\n\n${listing(NEW_APP)}`,
    `${LONG}\n\n${listing('import os\n\n\n# ... rest of the code ...\n')}${FENCE}\n`,
    `${LONG}\n\n${listing(NEW_APP).replace(/```\n$/, '')}`,
  ],
};
const FORMATS = Object.keys(PROPOSALS) as EditFormat[];

const OTHER = `I make it casual, in other words.\n\n${block(HELLO, HEY)}`;
const PLAN = 'In greet(), replace Hello by Hey.';
const FUSED = 'Replace the word Hello in greet() of src/app.py by Hey; nothing else changes.';
const WRITER = says(FUSED);
const SINGLE = says('fix: casual greeting');
const DEAD_JUDGE = 'sandbox/e400';

const members = (texts: readonly string[], ...items: string[]) =>
  texts.map((text, i) => ({ model: says(text, ...items), family: `family ${i + 1}` }));
const mixtureOf = (proposers: unknown[], critic: string, more = {}) => ({ proposers, critic, single: SINGLE, quorum: 3, ...more });

const done = cleanups();
let served: Served;
let client: OpenAI;

beforeAll(async () => {
  const [good, , broken] = PROPOSALS.diff;
  const formats = FORMATS.map((format) => [format, mixtureOf(members(PROPOSALS[format].toReversed()), 'sandbox/critic')]);
  served = await serve(
    {
      mixtures: {
        ...Object.fromEntries(formats),
        default: mixtureOf(members([PLAN, `${PLAN} Twice.`, LONG]), WRITER),
        same: mixtureOf(members([OTHER, good, good]), 'sandbox/critic'),
        'no-judge': mixtureOf(members([OTHER, good, good]), DEAD_JUDGE),
        'all-broken': mixtureOf(members([broken, `${broken}x`, `${broken}xy`]), 'sandbox/critic'),
        cut: mixtureOf([...members([`${LONG}${OTHER}`], 'finish=length'), ...members([PLAN, good])], 'sandbox/critic'),
        xml: mixtureOf(members([XML_BROKEN, XML, `${XML}\n`]), 'sandbox/critic'),
      },
    },
    done.add,
  );
  client = new OpenAI({ baseURL: served.url, apiKey: '123', maxRetries: 0 });
});
afterAll(done.run);
beforeEach(() => served.sandbox.reset());

interface Got {
  text: string;
  finish: string | null | undefined;
}

/** As litellm asks for aider: the openai package, temperature 0, streamed unless there is --no-stream. */
async function ask(model: string, messages: ChatMessage[], stream: boolean): Promise<Got> {
  const body = { model, messages, temperature: 0 };
  if (!stream) {
    const [choice] = (await client.chat.completions.create(body)).choices;
    return { text: choice?.message.content ?? '', finish: choice?.finish_reason };
  }
  const got: Got = { text: '', finish: null };
  for await (const { choices } of await client.chat.completions.create({ ...body, stream: true })) {
    got.text += choices[0]?.delta.content ?? '';
    got.finish ??= choices[0]?.finish_reason;
  }
  return got;
}

async function wholeAnswer(model: string, messages: ChatMessage[]) {
  const { data, response } = await client.chat.completions.create({ model, messages, temperature: 0 }).withResponse();
  return { text: data.choices[0]?.message.content, status: response.headers.get('x-mom-status') };
}

describe('edits in a format of aider', () => {
  it.each(FORMATS.flatMap((format) => [true, false].map((stream) => [format, stream] as const)))(
    '%s (streamed: %s): a proposal that can be applied goes out byte for byte',
    async (format, stream) => {
      const [good, ...others] = PROPOSALS[format];
      const { text, finish } = await ask(`mom/${format}`, conversation(format, FILES, WISH), stream);
      expect([text, finish]).toEqual([good, 'stop']);
      expect(applyAnswer(format, text, FILES)).toEqual({ ...FILES, 'src/app.py': NEW_APP });
      for (const other of others) expect(() => applyAnswer(format, other, FILES)).toThrow();
    },
  );

  it('the whole conversation reaches every proposer unchanged, turns of one role in a row too', async () => {
    const before: ChatMessage[] = [
      { role: 'user', content: 'Shorten it.' },
      { role: 'assistant', content: OTHER },
      { role: 'user', content: 'I didn’t mean it.' },
      { role: 'user', content: 'I did `git reset --hard HEAD~1` to discard the last edits.' },
    ];
    const messages = conversation('diff', FILES, WISH, before);
    await ask('mom/diff', messages, true);
    for (const text of PROPOSALS.diff) expect(served.bodies(says(text)).map((body) => body.messages)).toEqual([messages]);
  });

  it('after a block that failed to match, the same mistake is not chosen again', async () => {
    const [good, unfit] = PROPOSALS.diff;
    const failed: ChatMessage[] = [
      { role: 'assistant', content: unfit },
      { role: 'user', content: '# 1 SEARCH/REPLACE block failed to match!\nJust reply with fixed versions of the blocks above.' },
    ];
    expect((await ask('mom/diff', [...conversation('diff', FILES, WISH), ...failed], true)).text).toBe(good);
  });

  it('two that are the same and another one: one of them, whole', async () => {
    const { text } = await ask('mom/same', conversation('diff', FILES, WISH), true);
    expect([OTHER, PROPOSALS.diff[0]]).toContain(text);
  });

  it('where the judge fails, the majority decides, and the answer says that it is degraded', async () => {
    const { text, status } = await wholeAnswer('mom/no-judge', conversation('diff', FILES, WISH));
    expect([text, status]).toEqual([PROPOSALS.diff[0], 'degraded']);
  });

  it('one that was cut off at its length is no candidate', async () => {
    const { text, finish } = await ask('mom/cut', conversation('diff', FILES, WISH), false);
    expect([PLAN, PROPOSALS.diff[0]]).toContain(text);
    expect(finish).toBe('stop');
  });

  it('where none can be applied, one goes out all the same', async () => {
    const { text } = await ask('mom/all-broken', conversation('diff', FILES, WISH), true);
    expect(text.startsWith(PROPOSALS.diff[2])).toBe(true);
  });

  it('are merged where the client named fuse', async () => {
    for (const stream of [true, false]) {
      expect((await ask('mom:fuse', conversation('diff', FILES, WISH), stream)).text).toBe(FUSED);
    }
    expect(served.counts()).toMatchObject({ [WRITER]: 2 });
  });
});

describe('prose of aider', () => {
  it.each([true, false])('a plan of --architect (streamed: %s) is fused, and its edits are chosen', async (stream) => {
    const plan = await ask('mom', conversation('architect', FILES, WISH), stream);
    expect(plan).toEqual({ text: FUSED, finish: 'stop' });
    const { text } = await ask('mom/diff', conversation('diff', FILES, plan.text), stream);
    expect(text).toBe(PROPOSALS.diff[0]);
  });

  const commit =
    'You are an expert software engineer that generates concise, one-line Git commit messages based on the provided diffs.\n' +
    'Review the provided context and diffs which are about to be committed to a git repo.\nReview the diffs carefully.\n';
  const summary = '*Briefly* summarize this partial conversation about programming.\nInclude less detail about older parts.\n';
  it.each([
    ['a commit message', commit, `# Diffs:\n\ndiff --git a/src/app.py b/src/app.py\n--- a/src/app.py\n+++ b/src/app.py\n-${HELLO}+${HEY}`],
    ['a summary', summary, `# USER\n${WISH}\n# ASSISTANT\n${OTHER}`],
  ])('%s takes one model, whether it is asked of the weak model or not', async (_what, system, content) => {
    const messages: ChatMessage[] = [
      { role: 'system', content: system },
      { role: 'user', content },
    ];
    for (const model of ['mom', 'mom:single']) {
      expect(await ask(model, messages, false)).toEqual({ text: 'fix: casual greeting', finish: 'stop' });
    }
    expect(served.counts()).toEqual({ [SINGLE]: 2 });
  });
});

const XML = `<thinking>I change one word.</thinking>

<replace_in_file>
<path>src/app.py</path>
<diff>
------- SEARCH
${HELLO}=======
${HEY}+++++++ REPLACE
</diff>
</replace_in_file>`;
const XML_BROKEN = `${LONG}\n${XML.replace('+++++++ REPLACE\n', '')}`;

describe('tools that are written out as XML, as cline and roo do', () => {
  const TOOLS = `You are Cline, a highly skilled software engineer.

TOOL USE

You have access to a set of tools that are executed upon the user's approval. You can use one tool per message.

# Tool Use Formatting

Tool use is formatted using XML-style tags. The tool name is enclosed in opening and closing tags.
`;
  const REPLACE = `
## replace_in_file
Description: Request to replace sections of content in an existing file using SEARCH/REPLACE blocks that define exact changes.
`;

  it.each([true, false])('one proposal goes out as it is (streamed: %s)', async (stream) => {
    const turns = (rules: string): ChatMessage[] => [
      { role: 'system', content: rules },
      { role: 'user', content: `<task>\n${WISH}\n</task>` },
      { role: 'assistant', content: '<read_file>\n<path>src/app.py</path>\n</read_file>' },
      { role: 'user', content: `[read_file for 'src/app.py'] Result:\n${APP}` },
    ];
    expect([XML, `${XML}\n`]).toContain((await ask('mom/xml', turns(TOOLS + REPLACE), stream)).text);
    // Without blocks in its rules nothing is known of them; what is chosen still goes out whole.
    expect([XML, `${XML}\n`, XML_BROKEN]).toContain((await ask('mom/xml', turns(TOOLS), stream)).text);
  });
});
