import type { Mixture } from '../../../core/mixture.js';

/** A model that judges. */
export interface JudgeSeat {
  /** Its id as it is written behind `--judge`. */
  name: string;
  family: string;
  /** Its family is one of a contestant's. */
  in_panel: boolean;
  /** It alone, of strategy `single`, in no role. */
  mixture: Mixture;
}
