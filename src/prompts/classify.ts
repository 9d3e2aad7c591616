import instructions from './classify.md';
import request from './classify-request.md';
import { render } from './render.js';

/** What the classifier is told: the same for every request. */
export function classifierInstructions(mark: string): string {
  return render(instructions, { mark });
}

/** The request between its marks. @param nonce occurs nowhere in it */
export function requestBlock(variables: { mark: string; nonce: string; request: string }): string {
  return render(request, variables);
}
