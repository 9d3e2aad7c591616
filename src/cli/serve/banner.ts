import { type KeyOrigin, pasteLines } from './paste-lines.js';

export interface Banner {
  /** With `/v1`. */
  url: string;
  /** The same as programs on this machine reach it. */
  clientUrl: string;
  /** Who may use it, in words. */
  access: string;
  key: KeyOrigin;
}

/** What `mom serve` says on stdout once it answers. Scripts read the first line. */
export function bannerText({ url, clientUrl, access, key }: Banner): string {
  return [
    `mom serve: ${url}`,
    access,
    '',
    'aider:',
    ...pasteLines('aider', clientUrl, key).map((line) => `  ${line}`),
    'programs that use the openai package (model: mom):',
    ...pasteLines('openai', clientUrl, key).map((line) => `  ${line}`),
    '',
  ].join('\n');
}
