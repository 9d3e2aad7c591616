import { isMap as isYamlMap, parseDocument } from 'yaml';
import { MomError } from '../../core/error.js';
import { validateLayer } from '../schema/validate.js';
import { parseFile } from './parse.js';
import { type Path, pathText } from './tree.js';

/** A value that is put into a configuration file. */
export interface Edit {
  path: Path;
  value: unknown;
}

/**
 * The text of a configuration file with some values set. Comments, order and everything else stay as they are; JSON stays JSON.
 * @param label how the file is called in messages
 * @throws MomError `config_invalid` where the file is wrong already, or something else stands where a map must be
 */
export function editedFile(text: string, label: string, edits: readonly Edit[]): string {
  // What is wrong already is told with its place, before anything is built on it.
  validateLayer(parseFile(text, label, label, 'user'));
  const document = parseDocument(text);
  for (const { path, value } of edits) {
    const blocked = path.slice(0, -1).findIndex((_, depth) => {
      const node = document.getIn(path.slice(0, depth + 1), true);
      return node !== undefined && !isYamlMap(node);
    });
    if (blocked !== -1) {
      const where = pathText(path.slice(0, blocked + 1));
      throw new MomError('config_invalid', `${label}: ${where} is no map, so ${pathText(path)} can't be set`, {
        hint: `write ${where} as a map, or set ${pathText(path)} by hand`,
      });
    }
    document.setIn(path, document.createNode(value));
  }
  const edited = label.endsWith('.json') ? `${JSON.stringify(document.toJS(), null, 2)}\n` : document.toString({ lineWidth: 0 });
  validateLayer(parseFile(edited, label, label, 'user'));
  return edited;
}
