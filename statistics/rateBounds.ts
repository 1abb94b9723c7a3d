/**
 * Bounds of a rate from counts: all rates that the tests of eValue.ts do not refute. Like these tests they hold at every look at
 * once: the chance that the true rate is ever outside them is at most the risk (a confidence sequence).
 */
import { eValueAbove, eValueBelow, isEnough, type Counts } from "./eValue";

/** As parts of 1. */
export interface RateBounds {
  readonly low: number;
  readonly high: number;
}

/** Halvings of the interval from 0 to 1; more than a drawing or a text shows. */
const HALVINGS = 40;

/** @param risk of both bounds together */
export function rateBounds(counts: Counts, risk: number): RateBounds {
  const half = risk / 2;
  return {
    low: counts.hits === 0 ? 0 : lastTrue((rate) => isEnough(eValueAbove(counts, rate), half)),
    high:
      counts.hits === counts.trials
        ? 1
        : 1 - lastTrue((rate) => isEnough(eValueBelow(counts, 1 - rate), half)),
  };
}

/** The largest rate that is refuted, where smaller ones are too: the evidence falls as the rate rises. */
function lastTrue(isRefuted: (rate: number) => boolean): number {
  let [refuted, open] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (refuted + open) / 2;
    if (isRefuted(middle)) refuted = middle;
    else open = middle;
  }
  return refuted;
}
