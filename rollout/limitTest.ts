import type { LimitResult } from "./limitResult";

/** How one limit is tested by what came. */
export interface LimitTest {
  readonly limit: string;
  /** Its name and value. */
  readonly setting: string;
  /** For a breach. */
  readonly result: (risk: number) => LimitResult;
  /** Whether the limit is shown to be kept, with so many times as many requests like these. */
  readonly isKept: (risk: number, factor: number) => boolean;
}
