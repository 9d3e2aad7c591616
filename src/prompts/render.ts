/**
 * Fills `{{name}}` in a template. Values are put in as they are and never looked at again, so text from a model can't
 * reach the template's own syntax.
 * @throws Error when a variable is missing or unused: a template and its caller must agree
 */
export function render(template: string, variables: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const text = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`the template needs a variable '${name}'`);
    used.add(name);
    return value;
  });
  const unused = Object.keys(variables).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`the template has no place for '${unused.join("', '")}'`);
  return text.trim();
}
