import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const MODULES = `${sep}node_modules${sep}`;

/** The folder of the package that holds a bundled file, or undefined for a file of our own. */
function packageFolder(file) {
  const at = file.lastIndexOf(MODULES);
  if (at < 0) return undefined;
  const [scopeOrName, name] = file.slice(at + MODULES.length).split(sep);
  return join(file.slice(0, at + MODULES.length), scopeOrName, scopeOrName.startsWith('@') ? name : '');
}

/** Markdown with the licence text of every package that has code in a bundle: their licences ask that it travels with the code. */
export function thirdPartyLicences(files) {
  const folders = [...new Set(files.map(packageFolder))].filter(
    (folder) => folder !== undefined && existsSync(join(folder, 'package.json')),
  );
  const sections = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const body = text === undefined ? `Licence: ${license}` : readFileSync(join(folder, text), 'utf8').trim();
    return `## ${name} ${version}\n\n\`\`\`\n${body}\n\`\`\`\n`;
  });
  return `# Packages bundled into mom\n\n${sections.sort().join('\n')}`;
}
