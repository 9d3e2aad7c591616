import { type ErrorInfo, isMomError } from '../core/error.js';
import { ApiError } from './errors.js';
import { MODEL_NAME_LENGTH } from './limits.js';

/**
 * A client's name of a model, which is kept, looked up, and stands in addresses, messages and labels.
 * @throws ApiError 400 when it is longer than any name, or no well-formed text
 */
export function checkModelName(name: string): string {
  if (name.length > MODEL_NAME_LENGTH) throw refused(`has ${name.length} characters`);
  if (/\p{Cs}/u.test(name)) throw refused('has half of a character that takes two units');
  return name;
}

/** Throws on what a look-up of a client's name has thrown. */
export function asNotFound(error: unknown): never {
  throw isMomError(error) && error.code === 'model_unknown' ? modelNotFound(error) : error;
}

/** For a name of the client's own: that nobody has it is the client's mistake, not the configuration's. */
export function modelNotFound(error: ErrorInfo): ApiError {
  return new ApiError('model_not_found', error.message, { param: 'model', ...(error.hint === null ? {} : { hint: error.hint }) });
}

function refused(why: string): ApiError {
  return new ApiError('invalid_request', `model ${why}: no model has such a name`, { hint: 'GET /v1/models lists names', param: 'model' });
}
