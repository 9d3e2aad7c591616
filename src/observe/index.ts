export type { Journal, JournalOptions } from './journal.js';
export { createJournal } from './journal.js';
export type { Redactor } from './redact.js';
export { createRedactor } from './redact.js';
export type { Trace, TraceOptions } from './trace.js';
export { createTrace } from './trace.js';
