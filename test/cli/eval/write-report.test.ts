import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AnswerRecord, EvalRecords } from '../../../src/app/eval/evaluation.js';
import { openReportFolder, writeReport } from '../../../src/cli/eval/write-report.js';
import { newPlace } from '../../support/cli.js';
import { sampleReport } from '../../support/eval-report.js';

const answer = (changes: Partial<AnswerRecord> = {}): AnswerRecord => ({
  id: 'q1',
  contestant: 'default',
  messages: [{ role: 'user', content: 'What is 2 + 2?' }],
  text: 'four',
  status: 'answered',
  error: null,
  score: 1,
  scored_by: 'reference',
  cost_usd: 0.01,
  cost_source: 'reported',
  first_token_ms: 5,
  duration_ms: 9,
  ...changes,
});
const talk = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: 'Hi' },
];
const comparison = { id: 'q1', a: 'default', b: 'a/b', judge: 'j', preference: 0.25, orders: { ab: 0, ba: 0.5 } };
const records: EvalRecords = {
  answers: () => [answer(), answer({ contestant: 'a/b', messages: talk, text: null, status: 'failed' })],
  comparisons: () => [comparison],
};

let cwd: string;
beforeEach(() => {
  const place = newPlace();
  cwd = place.cwd;
  onTestFinished(place.remove);
});

const lines = (file: string) =>
  readFileSync(join(cwd, 'out', file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('the folder of a report', () => {
  it('holds the page, the report, and each answer and judgement on a line, for its owner only', async () => {
    const report = sampleReport();
    await writeReport(openReportFolder('out', cwd), report, records);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual(['answers.jsonl', 'judgements.jsonl', 'report.html', 'report.json']);
    expect(JSON.parse(readFileSync(join(cwd, 'out', 'report.json'), 'utf8'))).toEqual(report);
    expect(readFileSync(join(cwd, 'out', 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    const { messages: _, ...rest } = answer();
    expect(lines('answers.jsonl')).toEqual([
      { ...rest, prompt: 'What is 2 + 2?' },
      { ...rest, contestant: 'a/b', messages: talk, text: null, status: 'failed' },
    ]);
    expect(lines('judgements.jsonl')).toEqual([comparison]);
    expect(statSync(join(cwd, 'out')).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(join(cwd, 'out'))) expect(statSync(join(cwd, 'out', file)).mode & 0o777).toBe(0o600);
  });

  it('is not made before there is a report', () => {
    openReportFolder('out/deep', cwd);
    expect(existsSync(join(cwd, 'out'))).toBe(false);
  });

  it('takes the place of an earlier report, of which nothing stays', async () => {
    await writeReport(openReportFolder('out', cwd), sampleReport(), records);
    await writeReport(openReportFolder('out', cwd), sampleReport({ id: 'another' }), null);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual(['report.html', 'report.json']);
    expect(readFileSync(join(cwd, 'out', 'report.json'), 'utf8')).toContain('"id": "another"');
  });

  it('keeps what it held when the new report breaks off', async () => {
    await writeReport(openReportFolder('out', cwd), sampleReport(), records);
    const broken: EvalRecords = {
      ...records,
      *answers() {
        yield answer();
        throw new Error('no space left');
      },
    };
    await expect(writeReport(openReportFolder('out', cwd), sampleReport({ id: 'another' }), broken)).rejects.toMatchObject({
      code: 'output_failed',
      message: 'out could not be written: no space left',
    });
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual(['answers.jsonl', 'judgements.jsonl', 'report.html', 'report.json']);
    expect(readFileSync(join(cwd, 'out', 'report.json'), 'utf8')).not.toContain('another');
  });

  it('is refused where it holds something else', () => {
    mkdirSync(join(cwd, 'out'));
    writeFileSync(join(cwd, 'out', 'thesis.tex'), '');
    expect(() => openReportFolder('out', cwd)).toThrow('out holds something else than a report: thesis.tex');
    writeFileSync(join(cwd, 'file'), '');
    expect(() => openReportFolder('file', cwd)).toThrow('file is no folder');
  });
});
