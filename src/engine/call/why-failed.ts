import type { CallRecord } from '../../core/run.js';

/** Why a call has brought nothing, for a sentence that begins with its model: the error names it too, and once is enough. */
export function whyFailed({ model, error }: Pick<CallRecord, 'model' | 'error'>): string {
  const message = error?.message ?? 'no reason given';
  if (message.startsWith(`${model} `)) return `it${message.slice(model.length)}`;
  const mentions = [` for ${model}`, ` of ${model}`, ` (${model})`].filter((mention) => message.includes(mention));
  const [first] = mentions.toSorted((a, b) => message.indexOf(a) - message.indexOf(b));
  return first === undefined ? message : message.replace(first, '');
}
