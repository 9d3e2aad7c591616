import { readFileSync } from 'node:fs';
import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { describe, expect, it } from 'vitest';
import { countImages, ESTIMATE_ERROR, estimateTextTokens, estimateTokens, IMAGE_TOKENS } from '../../src/core/estimate.js';
import type { Message } from '../../src/core/message.js';

const tokenizer = new Tiktoken(o200k);
const older = new Tiktoken(cl100k);
const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const recorded = file('recorded/gsm8k.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { question: string; answers: Record<string, { text: string }> });

/** How far the estimate is from the tokenizer's count: 0.1 is 10 % too much. */
function error(text: string): number {
  return estimateTextTokens(text) / tokenizer.encode(text).length - 1;
}

const NUMBERS = Array.from({ length: 200 }, (_, i) => `${i * 7919} ${(i * 1.2345).toFixed(2)} 2026-01-${(i % 28) + 1}`).join('\n');

const close: [string, string][] = [
  ['English questions', recorded.map(({ question }) => question).join('\n\n')],
  ['English answers full of sums', recorded.flatMap(({ answers }) => Object.values(answers).map(({ text }) => text)).join('\n\n')],
  ['English prose', file('README.md')],
  ['a licence', file('LICENSE')],
  ['TypeScript', file('src/client/attempt.ts')],
  ['other TypeScript', file('test/engine/strategies/fuse.test.ts')],
  ['JavaScript', file('bench/run.mjs')],
  ['YAML', file('mom.config.yaml')],
  [
    'Python',
    'def quicksort(items):\n    """Sort a list."""\n    if len(items) <= 1:\n        return items\n    pivot = items[len(items) // 2]\n' +
      '    left = [x for x in items if x < pivot]\n    right = [x for x in items if x > pivot]\n' +
      '    return quicksort(left) + [x for x in items if x == pivot] + quicksort(right)\n',
  ],
];

const wide: [string, string][] = [
  ['JSON', file('schemas/result.schema.json')],
  ['JSON on one line', JSON.stringify(JSON.parse(file('schemas/config.schema.json')))],
  ['numbers', NUMBERS],
  [
    'German',
    'Könntest du mir bitte kurz erklären, warum die Geschwindigkeitsbegrenzung auf Autobahnen so umstritten ist? Viele Befürworter verweisen auf den Klimaschutz und die Verkehrssicherheit, während Gegner die persönliche Freiheit und die Bedeutung der Automobilindustrie hervorheben.',
  ],
  [
    'French',
    "Pourriez-vous m'expliquer brièvement pourquoi la limitation de vitesse est si controversée ? De nombreux partisans invoquent la protection du climat et la sécurité routière, tandis que leurs adversaires mettent en avant la liberté individuelle.",
  ],
  [
    'Russian',
    'Объясни, пожалуйста, почему ограничение скорости на дорогах вызывает столько споров. Сторонники говорят о защите климата и безопасности движения, противники напоминают о личной свободе и о значении автомобильной промышленности.',
  ],
  [
    'Chinese',
    '请简单解释一下,为什么高速公路限速会引起这么多争议?支持者强调气候保护和交通安全,反对者则强调个人自由和汽车工业的重要性。请用不超过三个段落回答,并避免使用专业术语。',
  ],
  ['Japanese', '高速道路の速度制限がなぜこれほど議論を呼ぶのか、簡単に説明してください。専門用語は避けて、三段落以内でお願いします。'],
  ['Korean', '고속도로의 속도 제한이 왜 이렇게 논란이 되는지 간단히 설명해 주세요. 전문 용어는 피하고 세 단락 이내로 써 주세요.'],
  ['Arabic', 'من فضلك اشرح بإيجاز لماذا يثير تحديد السرعة كل هذا الجدل، ولا تكتب أكثر من ثلاث فقرات.'],
  ['Hindi', 'कृपया संक्षेप में समझाइए कि गति सीमा पर इतना विवाद क्यों होता है, और तीन अनुच्छेदों से अधिक न लिखें।'],
];

describe('estimateTextTokens, against the counts of o200k_base', () => {
  for (const [name, text] of close)
    it(`is within 20 % for ${name}`, () => {
      expect(Math.abs(error(text))).toBeLessThanOrEqual(0.2);
    });

  for (const [name, text] of wide)
    it(`is within 35 % for ${name}`, () => {
      expect(Math.abs(error(text))).toBeLessThanOrEqual(ESTIMATE_ERROR);
    });

  const FINER: Record<string, number> = { Russian: 2.5, Chinese: 2, Japanese: 2, Korean: 2, Arabic: 3, Hindi: 3.2 };
  for (const [name, text] of wide.filter(([name]) => name in FINER))
    it(`is less than an older tokenizer makes of ${name}, but not by more than is said`, () => {
      const ratio = older.encode(text).length / estimateTextTokens(text);
      expect(ratio).toBeGreaterThan(1);
      expect(ratio).toBeLessThanOrEqual(FINER[name] ?? 0);
    });

  it('is within 30 % for each recorded question alone, a short paragraph', () => {
    for (const { question } of recorded) expect(Math.abs(error(question)), question).toBeLessThanOrEqual(0.3);
  });

  it('of a text too long to be read whole is as good as of its parts', () => {
    const long = file('README.md').repeat(150);
    expect(long.length).toBeGreaterThan(1_000_000);
    const ratio = estimateTextTokens(long) / (tokenizer.encode(file('README.md')).length * 150);
    expect(Math.abs(ratio - 1)).toBeLessThanOrEqual(0.2);
  });

  it('takes milliseconds for five megabytes', () => {
    const text = `${'The quick brown fox, 12345 times über den Zaun. '.repeat(110_000)}`.slice(0, 5_000_000);
    const startMs = performance.now();
    estimateTextTokens(text);
    expect(performance.now() - startMs).toBeLessThan(50);
  });

  it('is 0 for nothing, and at least 1 for anything', () => {
    expect(estimateTextTokens('')).toBe(0);
    for (const text of ['a', '7', '.', '\n', '你', '🙂', '\u0000']) expect(estimateTextTokens(text), text).toBeGreaterThanOrEqual(1);
  });

  it('of many small pieces is never less than of their whole', () => {
    const text = recorded[0]?.question ?? '';
    const pieces = text.match(/\s?\S+|\s+/g) ?? [];
    expect(pieces.reduce((sum, piece) => sum + estimateTextTokens(piece), 0)).toBeGreaterThanOrEqual(estimateTextTokens(text));
  });
});

describe('estimateTokens', () => {
  it('counts the frame of every message, text parts, images and tool calls', () => {
    const text: Message = { role: 'user', content: 'one two three' };
    const bare = estimateTokens([text]);
    expect(bare).toBe(3 + 4 + 3);
    expect(estimateTokens([text, { role: 'assistant', content: null }])).toBe(bare + 4);
    const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } };
    const parts: Message = { role: 'user', content: [{ type: 'text', text: 'one two three' }, image, image] };
    expect(estimateTokens([parts])).toBe(bare + 2 * IMAGE_TOKENS);
    expect(countImages([text, parts])).toBe(2);
    const call: Message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'x', type: 'function', function: { name: 'read', arguments: '{}' } }],
    };
    expect(estimateTokens([call])).toBeGreaterThan(3 + 4 + 10);
  });

  it('counts a message once, however often it is asked', () => {
    const big: Message = { role: 'user', content: 'word '.repeat(80_000) };
    const first = estimateTokens([big]);
    const startMs = performance.now();
    for (let i = 0; i < 1_000; i++) expect(estimateTokens([big])).toBe(first);
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});
