import { listAt, numberAt, textAt, valueAt, type Inputs } from "../../graph/paths";
import { sameText } from "../../graph/sameText";
import { scaledMetrics, targetProblem } from "./autoscaleTargets";
import { Refusal } from "./refusal";
import type { StoredResources, TypeRules } from "./typeRules";

const SETTING = "azure-native:monitor:AutoscaleSetting";

/** Azure REST API, Monitor autoscale settings 2021-05-01-preview. */
const MOST_PROFILES = 20;
const MOST_RULES = 10;
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "metricTrigger.operator": [
    "Equals",
    "NotEquals",
    "GreaterThan",
    "GreaterThanOrEqual",
    "LessThan",
    "LessThanOrEqual",
  ],
  "metricTrigger.statistic": ["Average", "Min", "Max", "Sum", "Count"],
  "metricTrigger.timeAggregation": ["Average", "Minimum", "Maximum", "Total", "Count", "Last"],
  "scaleAction.direction": ["None", "Increase", "Decrease"],
  "scaleAction.type": [
    "ChangeCount",
    "PercentChangeCount",
    "ExactCount",
    "ServiceAllowedNextValue",
  ],
};
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DURATIONS: Readonly<Record<string, readonly [least: number, most: number, words: string]>> = {
  "metricTrigger.timeGrain": [MINUTE, 12 * HOUR, "1 minute to 12 hours"],
  "metricTrigger.timeWindow": [5 * MINUTE, 12 * HOUR, "5 minutes to 12 hours"],
  "scaleAction.cooldown": [MINUTE, 7 * DAY, "1 minute to 1 week"],
};

/** Rules of autoscale settings beyond names and parents. */
export const autoscaleRules: Readonly<Record<string, TypeRules>> = {
  [SETTING]: {
    put(inputs, id, store) {
      const problem = targetProblem(textAt(inputs, "targetResourceUri"), store);
      if (problem !== undefined) {
        throw new Refusal("TargetResourceNotFound", `${problem} (${id})`, "autoscale-target");
      }
      assertOnlyOne(inputs, id, store);
      const profiles = listAt(inputs, "profiles");
      if (profiles.length < 1 || profiles.length > MOST_PROFILES) {
        throw new Refusal("BadRequest", `${id} needs 1 to 20 profiles`, "autoscale-limits");
      }
      for (const profile of profiles) assertProfile(profile, id, store);
    },
  },
};

function assertOnlyOne(inputs: Inputs, id: string, store: StoredResources): void {
  const target = textAt(inputs, "targetResourceUri");
  const other = store
    .list(SETTING)
    .find(
      (one) => !sameText(one.id, id) && sameText(textAt(one.inputs, "targetResourceUri"), target),
    );
  if (other === undefined) return;
  throw new Refusal("Conflict", `${target} is scaled by ${other.id} already`, "autoscale-only-one");
}

function assertProfile(profile: unknown, id: string, store: StoredResources): void {
  const capacity = (key: string) => wholeNumber(valueAt(profile, `capacity.${key}`));
  const [minimum, maximum, fallback] = ["minimum", "maximum", "default"].map(capacity);
  if (minimum === undefined || maximum === undefined || fallback === undefined) {
    throw new Refusal(
      "BadRequest",
      `minimum, maximum and default of ${id} are whole numbers, as text`,
      "autoscale-capacity",
    );
  }
  if (minimum < 1) {
    throw new Refusal(
      "BadRequest",
      `the minimum capacity of ${id} is ${minimum}; a deployment has at least 1 instance`,
      "deployment-instances",
    );
  }
  // Text of Azure's: microsoft/onefuzz issue 2249.
  if (minimum > fallback) {
    throw new Refusal(
      "BadRequest",
      `The minimum capacity value '${minimum}' that you specified in the autoscale setting is greater than the default ` +
        `capacity of '${fallback}'. (${id})`,
      "autoscale-capacity",
    );
  }
  if (fallback > maximum) {
    throw new Refusal(
      "BadRequest",
      `the default capacity ${fallback} of ${id} is more than its maximum, ${maximum}`,
      "autoscale-capacity",
    );
  }
  const rules = listAt(profile, "rules");
  if (rules.length > MOST_RULES) {
    throw new Refusal(
      "BadRequest",
      `a profile of ${id} has more than 10 rules`,
      "autoscale-limits",
    );
  }
  for (const rule of rules) assertRule(rule, maximum - minimum, id, store);
}

function assertRule(rule: unknown, room: number, id: string, store: StoredResources): void {
  for (const [path, words] of Object.entries(WORDS)) {
    if (words.includes(textAt(rule, path))) continue;
    const message = `${path} of ${id} is ${shown(valueAt(rule, path))}; must be one of ${words.join(", ")}`;
    throw new Refusal("BadRequest", message, "autoscale-rule-values");
  }
  for (const [path, [least, most, words]] of Object.entries(DURATIONS)) {
    const seconds = secondsOf(textAt(rule, path));
    if (seconds !== undefined && seconds >= least && seconds <= most) continue;
    const message = `${path} of ${id} is ${shown(valueAt(rule, path))}; must be ${words} as an ISO 8601 duration`;
    throw new Refusal("BadRequest", message, "autoscale-rule-values");
  }
  if (numberAt(rule, "metricTrigger.threshold") === undefined) {
    throw new Refusal("BadRequest", `a rule of ${id} has no threshold`, "autoscale-rule-values");
  }
  assertMetric(rule, id, store);
  if (textAt(rule, "scaleAction.type") !== "ChangeCount") return;
  const value = wholeNumber(valueAt(rule, "scaleAction.value") ?? "1");
  if (value !== undefined && value >= 1 && value <= room) return;
  // Code and text of Azure's: Azure/bicep-types-az issue 1859.
  throw new Refusal(
    "InvalidActionValue",
    `The autoscale setting you provided has an invalid scale action value ('${textAt(rule, "scaleAction.value")}'). Specify ` +
      `a scale value less than or equal to the difference between the capacity maximum and the capacity minimum, ${room}. (${id})`,
    "autoscale-action-value",
  );
}

function assertMetric(rule: unknown, id: string, store: StoredResources): void {
  const name = textAt(rule, "metricTrigger.metricName");
  const resource = textAt(rule, "metricTrigger.metricResourceUri");
  const metrics = scaledMetrics(resource, store);
  if (metrics?.includes(name) === true) return;
  throw new Refusal(
    "UnsupportedMetric",
    metrics === undefined
      ? `a rule of ${id} reads ${name || "nothing"} of ${resource || "nothing"}, which does not exist or has no metrics here`
      : `${resource} has no metric ${name || "(none)"}; it has ${metrics.join(", ")} (${id})`,
    "autoscale-metrics",
  );
}

/** Azure has these numbers as text. */
function wholeNumber(value: unknown): number | undefined {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
}

function secondsOf(duration: string): number | undefined {
  const parts = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (parts === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((one) => Number(one || 0));
  return days * DAY + hours * HOUR + minutes * MINUTE + seconds;
}

function shown(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}
