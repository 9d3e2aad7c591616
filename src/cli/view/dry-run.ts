import { estimateTokenCount } from 'tokenx';
import { type Message, messageText } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { Provider } from '../../core/model.js';
import type { Plan } from '../../core/plan.js';

/** What a run would do, as data. */
export function dryRunJson(plan: Plan, providers: readonly Provider[], messages: readonly Message[]) {
  const tokens = messages.reduce((sum, message) => sum + estimateTokenCount(messageText(message)), 0);
  const call = (kind: 'proposer' | 'writer') => (member: Member) => ({
    id: member.id,
    kind,
    model: member.model,
    family: member.family,
    provider: member.provider,
    host: hostOf(member, providers),
    input_tokens_estimate: tokens,
  });
  return {
    schema_version: 1,
    dry_run: true,
    mixture: plan.mixture.name,
    strategy: plan.strategy,
    route_reason: plan.reason,
    calls: plan.proposers.length + Math.min(1, plan.writers.length),
    proposers: plan.proposers.map(call('proposer')),
    writers: plan.writers.map(call('writer')),
    input_tokens_estimate: tokens,
  };
}

export function dryRunText(plan: Plan, providers: readonly Provider[], messages: readonly Message[]): string {
  const plain = dryRunJson(plan, providers, messages);
  const line = (member: (typeof plain.proposers)[number]) =>
    `  ${member.id}  ${member.model}  (${member.family}) sent to ${member.provider}, ${member.host ?? 'the built-in sandbox'}`;
  const [writer, ...fallbacks] = plain.writers;
  return [
    `${plain.calls} ${plain.calls === 1 ? 'call' : 'calls'}, ${plain.route_reason}; nothing was sent`,
    ...(plain.proposers.length > 0 ? ['asked at once:', ...plain.proposers.map(line)] : []),
    ...(writer ? ['writes the answer:', line(writer)] : []),
    ...(fallbacks.length > 0 ? ['only if that fails:', ...fallbacks.map(line)] : []),
    `about ${plain.input_tokens_estimate} input tokens for each of them${plain.proposers.length > 0 && writer ? '; the last one reads the answers too' : ''}`,
    '',
  ].join('\n');
}

/** Null for the built-in sandbox, which a dry run does not start. */
function hostOf(member: Member, providers: readonly Provider[]): string | null {
  const provider = providers.find((each) => each.name === member.provider);
  return provider && provider.baseUrl !== '' ? new URL(provider.baseUrl).host : null;
}
