import * as v from 'valibot';
import { about, anyMap, count, flag, memberTimeouts, privacy, sampling, text } from './parts.js';

export const role = v.union([text, v.strictObject({ text })], 'the name of a role, or { text: ... }');

export const memberObject = v.strictObject({
  model: v.pipe(text, v.description('Model id, or provider:id.')),
  provider: about(text, 'Name of the provider, when the model id does not say it.'),
  family: about(text, 'Models of one family count as one voice; by default taken from the id.'),
  weight: about(
    v.pipe(v.number('a number above 0'), v.finite('a number above 0'), v.gtValue(0, 'a number above 0')),
    'How much its vote counts. Default: 1.',
  ),
  role: about(role, 'A standard role (analytical, creative, practical, critical), one of `roles`, or { text }.'),
  required: about(flag, 'Wait for this proposer until its own limit, whatever the quorum says.'),
  ...sampling,
  extra_body: about(anyMap, 'Sent along in the body of the request. Guarded in project files.'),
  privacy: about(privacy, 'Routing by data policy.'),
  timeouts: about(memberTimeouts, 'Time limits of this model.'),
  context: about(count(1), 'Context of the model in tokens.'),
});

export const member = v.union([text, memberObject], 'a model id, or a map with model: ...');
export const members = v.pipe(v.array(member, 'a list of models'), v.minLength(1, 'a list of at least one model'));
