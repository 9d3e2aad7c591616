const REFERENCE = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export type Interpolated = { ok: true; text: string } | { ok: false; variable: string };

/** Fills in `${VAR}`, `${VAR:-default}` and `$$`; an empty variable counts as unset. */
export function interpolate(text: string, env: Readonly<Record<string, string | undefined>>): Interpolated {
  let missing: string | null = null;
  const filled = text.replace(REFERENCE, (match, name: string | undefined, fallback: string | undefined) => {
    if (match === '$$' || name === undefined) return '$';
    const value = env[name] || fallback;
    if (value === undefined) missing ??= name;
    return value ?? '';
  });
  return missing === null ? { ok: true, text: filled } : { ok: false, variable: missing };
}

/** True when `text` names a variable. */
export function hasReference(text: string): boolean {
  return referencesIn(text).length > 0;
}

/** The variables that `text` names. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].flatMap(([, name]) => name ?? []);
}
