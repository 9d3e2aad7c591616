/** A code block that its content can't close; control characters are shown, not sent to the terminal that shows the file. */
export function fenced(text: string | null): string {
  if (text === null) return '_nothing_';
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${visibleControls(text)}\n${fence}`;
}

function visibleControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\\x${code.toString(16)}`;
  });
}

/** One line, for places outside a code block. */
export function inline(text: string): string {
  return visibleControls(text.replace(/\s*[\r\n]+\s*/g, ' ')).replaceAll('<', '&lt;');
}

/** A heading and what stands below it. */
export function section(title: string, body: string): string {
  return `## ${title}\n\n${body === '' ? 'none' : body}`;
}

/** Facts by name; those that are null are left out. */
export function bullets(facts: readonly (readonly [string, string | null])[]): string[] {
  return facts.flatMap(([name, value]) => (value === null ? [] : [`- ${name}: ${inline(value)}`]));
}

export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${inline(line)}`).join('\n');
}
