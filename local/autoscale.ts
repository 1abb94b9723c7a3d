import { availableParallelism } from "node:os";
import { milliseconds } from "../config/isoDuration";
import { cpusOf, cpusOfNumbered } from "../config/production/vmSizes";
import { listAt, numberAt, textAt } from "../graph/paths";
import type { CreatedResource } from "../graph/graph";
import { sameText } from "../graph/sameText";
import type { AutoscaleSpec, ScaleMetric, ScaleRule } from "./endpoint";

const SETTING = "azure-native:monitor:AutoscaleSetting";

/** How Azure Monitor would scale a deployment; undefined where it does not. */
export function autoscaleOf(
  deployment: CreatedResource,
  resources: readonly CreatedResource[],
): AutoscaleSpec | undefined {
  const setting = resources.find(
    ({ token, inputs }) =>
      token === SETTING && sameText(textAt(inputs, "targetResourceUri"), deployment.id),
  );
  if (setting === undefined) return undefined;
  // The program declares one profile; schedules are none of it.
  const [profile] = listAt(setting.inputs, "profiles");
  const capacity = (key: string) => numberAt(profile, `capacity.${key}`) ?? 1;
  return {
    minimum: capacity("minimum"),
    maximum: capacity("maximum"),
    default: capacity("default"),
    cores: coresOf(textAt(deployment.inputs, "properties.instanceType")),
    rules: listAt(profile, "rules").map(ruleOf),
  };
}

function ruleOf(rule: unknown): ScaleRule {
  return {
    metric: textAt(rule, "metricTrigger.metricName") as ScaleMetric,
    operator: textAt(rule, "metricTrigger.operator") as ScaleRule["operator"],
    threshold: numberAt(rule, "metricTrigger.threshold") ?? 0,
    windowMs: milliseconds(textAt(rule, "metricTrigger.timeWindow"), 0),
    direction: textAt(rule, "scaleAction.direction") as ScaleRule["direction"],
    instances: numberAt(rule, "scaleAction.value") ?? 1,
    cooldownMs: milliseconds(textAt(rule, "scaleAction.cooldown"), 0),
  };
}

/**
 * What 100 percent of an instance's CPU are: the cores of its VM size, as its name tells them, and at most those of this
 * machine, which more instances cannot fill either. Of other names it is the number.
 */
export function coresOf(size: string, ofThisMachine = availableParallelism()): number {
  const number = Number(/^Standard_[A-Z]+(\d+)/i.exec(size)?.[1] ?? 0);
  const cores = cpusOf(size) ?? cpusOfNumbered(size) ?? number;
  return Math.max(1, Math.min(cores === 0 ? Infinity : cores, ofThisMachine));
}
