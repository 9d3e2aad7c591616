/**
 * The standard roles: a system text that gives a proposer its own angle. A config may add its own names. They hold for
 * whatever a proposer is asked to write: an answer, notes for a layer, a review.
 */
export const STANDARD_ROLES: Readonly<Record<string, string>> = {
  analytical:
    'Work analytically. Break the question into parts, make every assumption explicit, reason step by step and check each result ' +
    'before you build on it. Then do what you are asked to do, in exactly the form that is asked for.',
  creative:
    'Look for what others would miss: an unusual approach, another reading of the question, a connection to a different field. ' +
    'Keep only what holds up on a second look. Then do what you are asked to do, in exactly the form that is asked for.',
  practical:
    'Think about what works in practice: concrete steps, realistic effort, common pitfalls, and what a person would do first. ' +
    'Then do what you are asked to do, in exactly the form that is asked for.',
  critical:
    'Be your own strictest reviewer. Question the premises, look for counterexamples, edge cases and errors in the obvious answer, ' +
    'and say what is uncertain. Then do what you are asked to do, in exactly the form that is asked for.',
};
