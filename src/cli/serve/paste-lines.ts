import type { ServeKey } from '../../config/wishes.js';

/** Clients that lines to paste are there for. */
export type PasteClient = 'aider' | 'openai';

/** Where the key comes from that a client has to show, as its owner can name it without writing it down. */
export type KeyOrigin = 'none' | 'made' | 'variable' | 'configured';

const KEY_WORD: Readonly<Record<KeyOrigin, string>> = {
  none: 'mom',
  made: '"$(mom keys show serve)"',
  variable: '"$MOM_SERVE_KEY"',
  configured: 'ONE_OF_YOUR_SERVE_KEYS',
};

/** @param auth `--auth` was given */
export function keyOrigin(auth: boolean, keys: readonly ServeKey[]): KeyOrigin {
  if (auth) return 'made';
  if (keys.length === 0) return 'none';
  return keys.some(({ name }) => name === 'MOM_SERVE_KEY') ? 'variable' : 'configured';
}

/** What to paste into a shell so that the client talks to mom. No key is ever in it. @param url with `/v1` */
export function pasteLines(client: PasteClient, url: string, origin: KeyOrigin): string[] {
  const key = KEY_WORD[origin];
  if (client === 'openai') return [`export OPENAI_BASE_URL=${url}`, `export OPENAI_API_KEY=${key}`];
  return [
    `export LM_STUDIO_API_BASE=${url}`,
    `export LM_STUDIO_API_KEY=${key}`,
    'aider --model lm_studio/mom --weak-model lm_studio/mom:single',
  ];
}

/** The address under which a program on this machine finds a server that listens on `host`. */
export function clientUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/v1`;
}
