import { eValueAbove, eValueBelow, eValueNeeded, isEnough } from "../statistics/eValue";
import { counted, shortNumber } from "./format";
import { odds, type LimitResult } from "./limitResult";
import type { Sample } from "./sample";
import { errorsIn } from "./window";

/** Of its requests; a canary that fails more of them is stopped even if the old deployments fail as many. */
const CATASTROPHE = 0.5;
/** The part of the risk of a false alarm that goes to that. */
const CATASTROPHE_RISK = 0.1;

/**
 * Tests `maxErrorPercent`. The canary breaches it when it is shown to fail more requests than the limit and, where the old
 * deployments get requests too, more than these: what fails for all of them alike is not the canary's doing. Each of the two
 * must be shown with the whole risk, and together they are not wrong more often than the one that is.
 */
export function errorResult(
  canary: string,
  sample: Sample,
  limitPercent: number,
  risk: number,
): LimitResult {
  const limit = limitPercent / 100;
  const { absolute, eValue, needed, isWorse, isCatastrophe } = testErrors(sample, limit, risk);
  const result = { limit: "maxErrorPercent", ...odds(eValue, needed), isShown: false } as const;
  const what = `${failedText(canary, sample)}, more than maxErrorPercent ${limitPercent}`;
  const than = oldText(sample);
  if (isWorse) {
    return { ...result, breach: than === undefined ? what : `${what} and than ${than}` };
  }
  if (isCatastrophe) {
    const most = 100 * Math.max(limit, CATASTROPHE);
    return { ...result, breach: `${what}, and more than ${most} % is never accepted` };
  }
  if (absolute < needed) return result;
  const note = `${what}, but not shown to be more than ${than ?? "the old deployments fail"}`;
  return { ...result, note };
}

/** The numbers of the test, for a limit as a part of the requests. */
export function testErrors(sample: Sample, limit: number, risk: number) {
  const counts = { hits: sample.canary.errors, trials: sample.canary.requests };
  const absolute = eValueAbove(counts, limit);
  const needed = eValueNeeded(risk * (1 - CATASTROPHE_RISK));
  const eValue = absolute < needed ? absolute : Math.min(absolute, eValueOfWorse(sample));
  const most = Math.max(limit, CATASTROPHE);
  return {
    absolute,
    eValue,
    needed,
    isWorse: eValue >= needed,
    isCatastrophe:
      absolute >= needed && isEnough(eValueAbove(counts, most), risk * CATASTROPHE_RISK),
  };
}

/**
 * E-value of a canary that fails a larger part of its requests than the old deployments of theirs. If it does not, an error
 * is one of the canary's with a chance of its share of the requests at most, whatever the rate of errors is at that moment
 * and however it changes. Requests that name a deployment change the shares; the larger one is the careful one.
 * For mirrored requests too: that a request and its copy fail together makes the value smaller, never larger.
 */
function eValueOfWorse({ canary, old, share }: Sample): number {
  if (share === undefined) return Number.POSITIVE_INFINITY;
  const seen = canary.requests / Math.max(1, canary.requests + old.requests);
  const errors = { hits: canary.errors, trials: canary.errors + old.errors };
  return eValueAbove(errors, old.requests === 0 ? share : Math.max(share, seen));
}

/** Whether the canary is shown to fail fewer requests than the limit; with a limit of 0 there is nothing below it. */
export function isErrorLimitKept(
  { canary: { requests, errors } }: Sample,
  limitPercent: number,
  risk: number,
  factor = 1,
): boolean {
  if (limitPercent === 0) return errors === 0;
  const counts = { hits: errors * factor, trials: requests * factor };
  return limitPercent === 100 || isEnough(eValueBelow(counts, limitPercent / 100), risk);
}

function failedText(canary: string, { canary: { requests, errors, byStatus } }: Sample): string {
  const percent = (100 * errors) / requests;
  const statuses = Object.entries(byStatus)
    .filter(([status]) => errorsIn({ [status]: 1 }) > 0)
    .map(([status, count]) => `${status}: ${count}`);
  return `${shortNumber(percent)} % of ${requests} requests to ${canary} failed (${statuses.join(", ")})`;
}

function oldText({ old: { requests, errors } }: Sample): string | undefined {
  if (errors === 0) return undefined;
  const of = counted(requests, "request", "requests");
  return `the old deployments' ${shortNumber((100 * errors) / requests)} % of ${of}`;
}
