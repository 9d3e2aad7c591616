import { basename } from 'node:path';

const KEY_LIKE: readonly RegExp[] = [
  /^\.env/,
  /^id_/,
  /\.(pem|key|p12|pfx|p8|jks|keystore|kdbx|ppk)$/,
  /^\.(npmrc|netrc|pypirc|pgpass|htpasswd|git-credentials|dockercfg)$/,
  /^_netrc$/,
  /^\.?(credentials?|secrets?)(\.(json|ya?ml|toml|ini|txt|csv|xml))?$/,
  /^(client_secret|service[-_]account).*\.json$/,
];

/** Mom's own keys. */
const OWN_KEYS = /(^|[/\\])mom[/\\](keys\.json|serve-key)$/;

/** True for files that by their name hold keys or passwords. */
export function isKeyLike(path: string): boolean {
  if (OWN_KEYS.test(path)) return true;
  const name = basename(path).toLowerCase();
  return KEY_LIKE.some((pattern) => pattern.test(name));
}
