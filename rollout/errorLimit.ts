import { evidenceAbove, evidenceBelow } from "../statistics/evidence";
import { counted, shortNumber } from "./format";
import { isEnough, odds, type LimitResult } from "./limitResult";
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
  const { requests, errors } = sample.canary;
  const limit = limitPercent / 100;
  const mainRisk = risk * (1 - CATASTROPHE_RISK);
  const absolute = evidenceAbove({ hits: errors, trials: requests }, limit);
  const evidence = Math.min(absolute, evidenceOfWorse(sample));
  const result = {
    limit: "maxErrorPercent",
    ...odds(evidence, mainRisk),
    isShown: false,
  } as const;
  const what = `${failedText(canary, sample)}, more than maxErrorPercent ${limitPercent}`;
  const than = oldText(sample);
  if (isEnough(evidence, mainRisk)) {
    return { ...result, breach: than === undefined ? what : `${what} and than ${than}` };
  }
  const most = Math.max(limit, CATASTROPHE);
  const catastrophe = evidenceAbove({ hits: errors, trials: requests }, most);
  if (isEnough(catastrophe, risk * CATASTROPHE_RISK)) {
    return { ...result, breach: `${what}, and more than ${most * 100} % is never accepted` };
  }
  if (!isEnough(absolute, mainRisk)) return result;
  const note = `${what}, but not shown to be more than ${than ?? "the old deployments fail"}`;
  return { ...result, note };
}

/**
 * Evidence that the canary fails a larger part of its requests than the old deployments of theirs. If it does not, an error
 * is one of the canary's with a chance of its share of the requests at most, whatever the rate of errors is at that moment
 * and however it changes. Requests that name a deployment change the shares; the larger one is the careful one.
 * For mirrored requests too: that a request and its copy fail together makes the evidence smaller, never larger.
 */
function evidenceOfWorse({ canary, old, share }: Sample): number {
  if (share === undefined) return Number.POSITIVE_INFINITY;
  const seen = canary.requests / Math.max(1, canary.requests + old.requests);
  const errors = { hits: canary.errors, trials: canary.errors + old.errors };
  return evidenceAbove(errors, old.requests === 0 ? share : Math.max(share, seen));
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
  return limitPercent === 100 || isEnough(evidenceBelow(counts, limitPercent / 100), risk);
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
