import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPlace } from '../../support/cli.js';
import { type RunningServer, startServer } from '../../support/serve-cli.js';
import {
  type Billed,
  freePort,
  listenRaw,
  type Misdeed,
  type Place,
  type RawProvider,
  startBilledSandbox,
  startRawProvider,
} from './upstream.js';

/** A gateway and everything it talks to. */
export interface House {
  server: RunningServer;
  billed: Billed;
  raw: RawProvider;
  /** Takes connections and never says a word. */
  mute: Place;
  /** Of the gateway's metrics. */
  metric(line: string): Promise<string | undefined>;
  /** Sockets that the gateway has open; null where the system does not tell. */
  sockets(): number | null;
  close(): Promise<void>;
}

export interface HouseOptions {
  mixtures: Record<string, object>;
  models?: Record<string, Misdeed>;
  config?: object;
  nodeArgs?: readonly string[];
  env?: Record<string, string>;
}

/** Starts `mom serve` before an upstream that misbehaves as it is told. */
export async function openHouse({ mixtures, models = {}, config = {}, nodeArgs = [], env = {} }: HouseOptions): Promise<House> {
  const [billed, raw, mute, refused] = await Promise.all([
    startBilledSandbox(),
    startRawProvider(models),
    listenRaw((socket) => void socket.resume()),
    freePort(),
  ]);
  const place = newPlace();
  const at = (scheme: string, port: number) => ({ base_url: `${scheme}://127.0.0.1:${port}/v1`, needs_key: false });
  const providers = {
    raw: at('http', raw.port),
    refused: at('http', refused),
    mute: at('https', mute.port),
    nohost: { base_url: 'http://nobody.invalid/v1', needs_key: false },
  };
  writeFileSync(join(place.root, 'faults.yaml'), JSON.stringify({ providers, mixtures, retries: 0, ...config }));
  let kill = () => {};
  const server = await startServer([], {
    place,
    nodeArgs,
    env: {
      MOM_BASE_URL: `http://127.0.0.1:${billed.port}/v1`,
      MOM_API_KEY: 'key-of-the-test',
      MOM_CONFIG: join(place.root, 'faults.yaml'),
      ...env,
    },
    finished: (then) => {
      kill = then;
    },
  });
  return {
    server,
    billed,
    raw,
    mute,
    async metric(line) {
      const text = await (await fetch(server.url.replace('/v1', '/metrics'))).text();
      return text
        .split('\n')
        .find((each) => each.startsWith(`${line} `))
        ?.slice(line.length + 1);
    },
    sockets: () => socketsOf(server.child.pid as number),
    async close() {
      kill();
      await server.done;
      await Promise.all([billed.close(), raw.close(), mute.close()]);
      place.remove();
    },
  };
}

function socketsOf(pid: number): number | null {
  const folder = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    // Only Linux has it.
    return null;
  }
  return names.filter((name) => isSocket(join(folder, name))).length;
}

function isSocket(file: string): boolean {
  try {
    return readlinkSync(file).startsWith('socket:');
  } catch {
    // Closed meanwhile.
    return false;
  }
}

/** Until something holds; a test that waits in vain ends by its own limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
