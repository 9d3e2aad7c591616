import * as v from 'valibot';
import { parseDuration } from '../../core/duration.js';
import { SERVE } from '../../core/limits.js';
import { about, budget, count, duration, flag, span, text, wholeBetween } from './parts.js';

/** Largest body that may be configured, in MiB: it is held in memory as one text, and Node's texts end at about 512 MiB. */
const MAX_BODY_MIB = 256;

const SIZE = `a number of MiB above 0, at most ${MAX_BODY_MIB}`;
const HEARTBEAT = 'a duration above 0 and of at most 10s: clients and proxies take a longer silence for the end';

const key = v.strictObject({
  name: about(text, 'Stands for the key in logs and metrics. Default: `key 1` for the first one, and so on.'),
  key: v.pipe(text, v.description('What the client sends, best as "${VARIABLE}".')),
  requests_per_minute: about(count(1), 'Requests of this key within a minute, in place of `serve.requests_per_minute`.'),
  concurrency: about(count(1), 'Requests of this key at once, in place of `serve.concurrency`.'),
  budget: about(budget('with this key'), 'Caps over all runs with this key, beside `budget`.'),
});

const sideRequest = v.pipe(
  v.strictObject({
    name: v.pipe(text, v.description('What the request is for, such as `title`.')),
    system: about(text, 'Text that stands in a system prompt, whatever its case.'),
    user: about(text, "Text that stands in the last turn of the user's, whatever its case."),
    max_characters: about(count(1), 'Characters of all messages together, at most. No limit by default.'),
    tools: about(flag, 'Counts for requests that offer tools too, which the model may then call. Default: false.'),
    model: about(text, 'The name it is answered under. Default: `mom:single`.'),
  }),
  v.check((rule) => rule.system !== undefined || rule.user !== undefined, 'a rule with a text under system: or user:'),
);

const heartbeat = v.pipe(
  span,
  v.check((value) => {
    const ms = parseDuration(value) ?? 0;
    return ms > 0 && ms <= SERVE.heartbeat;
  }, HEARTBEAT),
);

const megabytes = v.pipe(v.number(SIZE), v.gtValue(0, SIZE), v.maxValue(MAX_BODY_MIB, SIZE));

/** How `mom serve` serves. */
export const serve = v.strictObject({
  host: about(text, 'Address to listen at. Any other than loopback needs a key and `--allow-remote`. Guarded in project files.'),
  port: about(wholeBetween(0, 65_535), `Port to listen at; 0 picks a free one. Default: ${SERVE.port}.`),
  keys: about(
    v.array(v.union([text, key], 'a key, or a map with key: ...'), 'a list of keys'),
    'Keys that clients must show; without any, loopback needs none. MOM_SERVE_KEY adds one. Guarded in project files.',
  ),
  allowed_hosts: about(
    v.array(text, 'a list of host names'),
    'Names beside loopback under which clients may address the server. Guarded in project files.',
  ),
  cors_origins: about(
    v.array(text, 'a list of origins'),
    'Origins of web pages that may ask, such as `https://chat.example.org`. None by default. Guarded in project files.',
  ),
  max_body: about(megabytes, `Largest request in MiB; a larger one gets 413. Default: ${SERVE.maxBody / 2 ** 20}.`),
  requests_per_minute: about(count(1), 'Requests of one client within a minute; more are turned away with 429. No limit by default.'),
  concurrency: about(count(1), 'Requests of one client at once; more are turned away with 429. No limit by default.'),
  max_in_flight: about(
    count(1),
    `Requests of all clients at once; more are turned away with 503, without waiting. Default: ${SERVE.maxInFlight}.`,
  ),
  retry_window: about(
    duration,
    'How long the proposals of a request whose client went away are kept for its next try; 0: not at all. Default: 60s.',
  ),
  heartbeat: about(heartbeat, 'Longest silence of a stream, 10s at most. Default: 10s.'),
  drain: about(duration, 'How long requests under way may go on after a SIGTERM. Default: 30s.'),
  side_requests: about(
    v.array(sideRequest, 'a list of rules'),
    "Requests that clients make beside the conversation, such as titles; the first rule that fits counts. Replaces mom's own list; []: none.",
  ),
});

export type ServeKeyConfig = v.InferOutput<typeof key>;
