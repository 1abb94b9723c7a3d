import { eValueAbove, eValueBelow, eValueNeeded, isEnough } from "../statistics/eValue";
import { comparedText, fieldsText } from "./format";
import { odds, type LimitResult } from "./limitResult";
import type { Sample } from "./sample";

/** Differing fields that a breach names. */
const SHOWN = 3;

/** Tests `maxDifferentPercent`: which part of the canary's answers differ from the old deployments' to the same requests. */
export function differenceResult(
  canary: string,
  { comparison }: Sample,
  limitPercent: number,
  risk: number,
): LimitResult {
  const limit = "maxDifferentPercent";
  if (comparison === undefined) {
    const note = `${limit} is not checked: nobody gets the answers to mirrored requests here`;
    return { limit, isShown: false, note };
  }
  const eValue = eValueOfDifferent(comparison, limitPercent);
  const result = { limit, ...odds(eValue, eValueNeeded(risk)), isShown: false } as const;
  if (!isEnough(eValue, risk)) return result;
  const what = `${comparedText(comparison)} between ${canary} and the old deployments, more than ${limit} ${limitPercent}`;
  return { ...result, breach: `${what} (most often ${fieldsText(comparison, SHOWN)})` };
}

/** Logarithm of the e-value against "at most the limit differs". */
export function eValueOfDifferent(
  { compared, different }: { readonly compared: number; readonly different: number },
  limitPercent: number,
): number {
  return eValueAbove({ hits: different, trials: compared }, limitPercent / 100);
}

/** Whether fewer answers than the limit are shown to differ; with a limit of 0 there is nothing below it. */
export function isDifferenceLimitKept(
  { comparison }: Sample,
  limitPercent: number,
  risk: number,
  factor = 1,
): boolean {
  if (comparison === undefined || comparison.compared === 0) return false;
  const { compared, different } = comparison;
  if (limitPercent === 0) return different === 0;
  const counts = { hits: different * factor, trials: compared * factor };
  return limitPercent === 100 || isEnough(eValueBelow(counts, limitPercent / 100), risk);
}
