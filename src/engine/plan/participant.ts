import type { Participant } from '../../core/event.js';
import type { Member } from '../../core/mixture.js';

/** A member as events tell of it. */
export function participant(member: Member): Participant {
  return {
    id: member.id,
    model: member.model,
    provider: member.provider,
    family: member.family,
    role: member.role?.name ?? null,
    required: member.required,
  };
}
