export type { AskOptions, Mom, MomOptions, Run } from './app/mom.js';
export { createMom } from './app/mom.js';
export type { AppOptions, MixtureChoice, Override } from './app.js';
export type { ErrorCode, ErrorInfo, MomError } from './core/error.js';
export { isMomError } from './core/error.js';
export type { RunEvent } from './core/event.js';
export type { ContentPart, Message } from './core/message.js';
export type { CallRecord, RunResult, RunStatus, Warning } from './core/run.js';
export type { Cost, Usage } from './core/usage.js';
