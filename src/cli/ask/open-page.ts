import type { Asking } from './asking.js';

/** Shows the run as a page in the user's browser. What goes wrong is a warning. */
export async function openPage(_asking: Asking, _id: string): Promise<void> {}
