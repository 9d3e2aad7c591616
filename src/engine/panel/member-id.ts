/** Id of the member that made a call of a later layer or round: `p1` of `p1.2`. */
export function memberId(callId: string): string {
  return callId.split('.', 1)[0] as string;
}
