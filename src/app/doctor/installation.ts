import { reasonOf } from '../../core/error.js';
import { loadDatabaseModule } from '../../store/database.js';
import { type Check, fail, ok } from './check.js';

/** The oldest Node that mom runs on: major and minor version, as in package.json. */
const LEAST_NODE = [20, 19] as const;

/** Node, and what of mom is made for one kind of machine only. */
export async function examineInstallation(): Promise<Check[]> {
  return [nodeCheck(process.versions.node), await databaseCheck()];
}

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  const isOld = major < leastMajor || (major === leastMajor && minor < leastMinor);
  if (isOld) return fail('installation', `Node ${version} is too old`, `install Node ${LEAST_NODE.join('.')} or later`);
  return ok('installation', `Node ${version} on ${process.platform}-${process.arch}`);
}

async function databaseCheck(): Promise<Check> {
  try {
    const Database = await loadDatabaseModule();
    const database = new Database(':memory:');
    const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string };
    database.close();
    return ok('installation', `the database module works (SQLite ${version})`);
  } catch (error) {
    const reason = reasonOf(error);
    return fail('installation', reason, 'install mom again with its optional dependencies; history, budgets and the cache need them');
  }
}
