/**
 * Evidence about a rate from counts, which may be looked at as often as one likes: an e-process, that is, a process whose
 * expectation is at most 1 at any stopping time while the hypothesis holds. By Ville's inequality the chance that it
 * ever reaches 1/α is at most α, however often it is looked at and whenever one stops.
 *
 * The process is a mixture of likelihood ratios of a few alternatives against the limit: Robbins' method of mixtures
 * ("Statistical methods related to the law of the iterated logarithm", 1970) with finitely many points. In the
 * terms of Waudby-Smith and Ramdas ("Estimating means of bounded random variables by betting", JRSS B 2024, section B,
 * diversified Kelly betting) an alternative q against the limit p is the bet λ = (q − p) / (p (1 − p)), and the mixture the mean
 * wealth of these bets. Netflix uses such tests for canaries (Lindon, Sanden, Shirikian, arXiv 2205.14762).
 *
 * Each factor has expectation at most 1 as soon as the chance of a hit, given everything before, is on the hypothesis' side
 * of the limit: requests need neither the same rate nor be independent of each other.
 *
 * Everything is a natural logarithm, because the numbers themselves overflow.
 */

/** Requests, and those of them that are counted: failures, or slow ones. */
export interface Counts {
  readonly hits: number;
  readonly trials: number;
}

/** Odds of the alternatives as multiples of the limit's odds: from slightly above the limit to almost every request. */
const ABOVE = [1.1, 1.3, 1.7, 2.5, 4, 7, 15, 50, 500];
/** Down to no hits at all. */
const BELOW = [0.85, 0.7, 0.5, 0.3, 0.15, 0.05, 0];

/** Evidence against "at most `limit` of the requests": large where the rate is shown to be above the limit. */
export function eValueAbove(counts: Counts, limit: number): number {
  return mixture(counts, limit, ABOVE);
}

/** Evidence against "at least `limit` of the requests": large where the rate is shown to be below the limit. */
export function eValueBelow(counts: Counts, limit: number): number {
  return mixture(counts, limit, BELOW);
}

/** What evidence must reach so that it is wrong with a chance of `risk` at most. */
export function eValueNeeded(risk: number): number {
  return -Math.log(risk);
}

/** Whether evidence is enough for that risk. */
export function isEnough(eValue: number, risk: number): boolean {
  return eValue >= eValueNeeded(risk);
}

function mixture({ hits, trials }: Counts, limit: number, oddsRatios: readonly number[]): number {
  // At the ends the likelihood of an impossible event is 0, and any evidence against it is infinite.
  if (limit <= 0) return oddsRatios === ABOVE && hits > 0 ? Number.POSITIVE_INFINITY : 0;
  if (limit >= 1) return oddsRatios === BELOW && hits < trials ? Number.POSITIVE_INFINITY : 0;
  const logs = oddsRatios.map((ratio) => {
    // q / p = ratio / scale, and (1 − q) / (1 − p) = 1 / scale.
    const logScale = Math.log1p(limit * (ratio - 1));
    return (hits === 0 ? 0 : hits * Math.log(ratio)) - trials * logScale;
  });
  return meanOfExponentials(logs);
}

/** log of the mean of exp, without an overflow. */
function meanOfExponentials(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (!Number.isFinite(largest)) return largest;
  const sum = logs.reduce((all, log) => all + Math.exp(log - largest), 0);
  return largest + Math.log(sum / logs.length);
}
