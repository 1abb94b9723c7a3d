import type { OwnMetric } from "../config/ownMetrics";
import type { RolloutStep } from "../config/rollout";
import {
  eValueAbove,
  eValueBelow,
  eValueNeeded,
  isEnough,
  type Counts,
} from "../statistics/eValue";
import { shortNumber } from "./format";
import { odds } from "./limitResult";
import type { LimitTest } from "./limitTest";
import type { OwnNumber } from "./ownNumbers";

type OwnLimit = "maxPercent" | "maxRatio" | "minRatio";

/** The limits of own metrics that can be tested in a step; each gets the same part of its risk as every other limit. */
export function ownLimitsOf(
  { kind, percent }: Pick<RolloutStep, "kind" | "percent">,
  metrics: readonly OwnMetric[],
): { readonly metric: OwnMetric; readonly limit: OwnLimit; readonly value: number }[] {
  if (kind === "shadow") return [];
  const limits: readonly OwnLimit[] =
    kind === "live" && percent === 100 ? ["maxPercent"] : ["maxPercent", "maxRatio", "minRatio"];
  return metrics.flatMap((metric) =>
    limits.flatMap((limit) => {
      const value = metric[limit];
      return value === undefined ? [] : [{ metric, limit, value }];
    }),
  );
}

/**
 * Tests of what the queries gave. A share is compared with the old deployments' as errors are: while the canary's is at most r
 * times theirs, a hit is one of the canary's with a chance of r·s / (r·s + 1 − s) at most, where s is its part of the total. That
 * holds whatever the share is at that moment and however it changes, as that of high water does with the weather.
 *
 * @param share the canary's part of the requests; missing where the old deployments get none
 */
export function ownTests(
  step: Pick<RolloutStep, "kind" | "percent">,
  canary: string,
  numbers: readonly OwnNumber[],
  share: number | undefined,
): LimitTest[] {
  const available = numbers.filter(({ isUnavailable }) => isUnavailable !== true);
  return ownLimitsOf(
    step,
    available.map(({ metric }) => metric),
  ).flatMap(({ metric, limit, value }) => {
    const number = numbers.find((one) => one.metric === metric);
    const question = questionOf(limit, value, number, share);
    const name = `${metric.name} ${limit}`;
    return [{ limit: name, setting: `${name} ${shortNumber(value)}`, ...testOf(name) }];

    function testOf(limitName: string): Pick<LimitTest, "result" | "isKept"> {
      if (question === undefined) {
        return { result: () => ({ limit: limitName, isShown: false }), isKept: () => false };
      }
      const { counts, rate, isMost } = question;
      const [exceeds, keeps] = isMost ? [eValueAbove, eValueBelow] : [eValueBelow, eValueAbove];
      return {
        result: (risk) => {
          const eValue = exceeds(counts, rate);
          const result = {
            limit: limitName,
            ...odds(eValue, eValueNeeded(risk)),
            isShown: false,
          };
          if (!isEnough(eValue, risk)) return result;
          const than = isMost ? "more than" : "less than";
          const breach = `${numberText(canary, number)}, ${than} ${limitName} ${shortNumber(value)}`;
          return { ...result, breach };
        },
        isKept: (risk, factor) => {
          const scaled = { hits: counts.hits * factor, trials: counts.trials * factor };
          // At the ends there is nothing to show.
          if (isMost ? rate >= 1 : rate <= 0) return true;
          if (isMost && rate <= 0) return counts.hits === 0;
          return isEnough(keeps(scaled, rate), risk);
        },
      };
    }
  });
}

/** Is a part of the trials above (or, not `isMost`, below) a rate? Undefined while nothing is known. */
function questionOf(
  limit: OwnLimit,
  value: number,
  number: OwnNumber | undefined,
  share: number | undefined,
): { readonly counts: Counts; readonly rate: number; readonly isMost: boolean } | undefined {
  const { canary, old } = number ?? {};
  if (canary === undefined) return undefined;
  if (limit === "maxPercent") return { counts: canary, rate: value / 100, isMost: true };
  if (old === undefined || share === undefined) return undefined;
  const isMost = limit === "maxRatio";
  const trials = canary.hits + old.hits;
  const seen = canary.trials / Math.max(1, canary.trials + old.trials);
  // Requests that name a deployment change the shares; the careful one of the two is taken.
  const part = isMost ? Math.max(share, seen) : Math.min(share, seen);
  const rate = (value * part) / (value * part + 1 - part);
  return { counts: { hits: canary.hits, trials }, rate, isMost };
}

/** What keeps a step from passing, whatever else is good: numbers that are not known. */
export function missingOwn(canary: string, numbers: readonly OwnNumber[]): string[] {
  return numbers.flatMap(({ metric: { name }, problem, canary: own, old }) => {
    if (problem !== undefined) return [`${name} is not known: ${problem}`];
    if (own !== undefined && own.trials === 0)
      return [`${name} is not known: total of ${canary} is 0`];
    if (old !== undefined && old.trials === 0) {
      return [`${name} is not known: total of the old deployments is 0`];
    }
    return [];
  });
}

/** Metrics that nothing here can answer. */
export function unavailableOwn(numbers: readonly OwnNumber[]): string[] {
  return numbers.flatMap(({ metric: { name, language }, isUnavailable }) =>
    isUnavailable === true ? [`${name} is not checked: nothing here answers ${language}`] : [],
  );
}

/** `high-flow of green is 4.2 % of 310, of the old deployments 4 % of 2900` */
export function numberText(canary: string, number: OwnNumber | undefined): string {
  const { metric, canary: own, old } = number ?? {};
  const part = ({ hits, trials }: Counts) =>
    `${shortNumber(trials === 0 ? 0 : (100 * hits) / trials)} % of ${shortNumber(trials)}`;
  const ofOld = old === undefined ? "" : `, of the old deployments ${part(old)}`;
  return own === undefined
    ? `${metric?.name ?? ""} of ${canary} is not known`
    : `${metric?.name ?? ""} of ${canary} is ${part(own)}${ofOld}`;
}
