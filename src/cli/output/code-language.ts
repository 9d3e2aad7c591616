/** Names that mean the same language, as models write them behind a fence. */
const SAME: readonly string[][] = [
  'javascript js mjs cjs',
  'typescript ts mts cts',
  'python py python3',
  'shell sh bash zsh',
  'yaml yml',
  'markdown md',
  'csharp cs c#',
  'fsharp fs f#',
  'cpp c++ cc cxx',
  'objective-c objectivec objc',
  'go golang',
  'rust rs',
  'ruby rb',
  'kotlin kt',
  'perl pl',
  'haskell hs',
  'elixir ex',
  'erlang erl',
  'clojure clj',
  'julia jl',
  'powershell pwsh ps1',
  'batch bat cmd',
  'html htm',
  'latex tex',
  'dockerfile docker',
  'makefile make mk',
  'terraform tf hcl',
  'protobuf proto',
  'diff patch',
  'text txt plaintext plain',
].map((names) => names.split(' '));

/** `python` of `python title="x"`, `python{1,3}`, `{.python}` or `python:src/a.py`; null where nothing is named. */
export function languageOf(info: string): string | null {
  return /^\s*\{?\.?([^\s{}:,=]+)/.exec(info)?.[1] ?? null;
}

export function sameLanguage(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one === other || SAME.some((names) => names.includes(one) && names.includes(other));
}
