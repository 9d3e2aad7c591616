/** What stands for every value beyond the bound. */
export const OTHER = 'other';

/** Lets the first `max` different values through; a series is never forgotten, so what a client makes up must not become one. */
export function bounded(max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return OTHER;
    known.add(value);
    return value;
  };
}
