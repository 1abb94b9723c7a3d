/** Checks a specification that came over the control socket or from a caller's program; see spec.ts for meanings. */
import { existsSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { z } from "zod";

import type { ComparisonRules } from "../../answers/differences";
import { UserError } from "../../errors";
import type { EndpointAmendment, EndpointSpec } from "./spec";
import { splitProblemText } from "../../traffic/splitProblemText";
import { splitProblems } from "../../traffic/splitRules";

/** Azure's rule for endpoint and deployment names (how-to-manage-quotas); the length of 3 to 32 is checked earlier. */
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, "letters, digits and dashes are allowed");
const seconds = z.number().min(0);
const count = z.number().int().min(1);

const probe = z.strictObject({
  initialDelaySeconds: seconds,
  periodSeconds: z.number().positive(),
  timeoutSeconds: z.number().positive(),
  successThreshold: count,
  failureThreshold: count,
});

const scaleRule = z.strictObject({
  metric: z.enum([
    "CpuUtilizationPercentage",
    "RequestLatency",
    "RequestLatency_P50",
    "RequestLatency_P90",
    "RequestLatency_P95",
    "RequestLatency_P99",
  ]),
  operator: z.enum(["GreaterThan", "LessThan"]),
  threshold: z.number(),
  windowMs: count,
  direction: z.enum(["Increase", "Decrease"]),
  instances: count,
  cooldownMs: count,
});

const autoscale = z
  .strictObject({
    minimum: count,
    maximum: count,
    default: count,
    cores: count,
    rules: z.array(scaleRule),
  })
  .refine(
    ({ minimum, maximum, default: usual }) => minimum <= usual && usual <= maximum,
    "the default is within the limits",
  );

const deployment = z.strictObject({
  name,
  revision: z.string().min(1),
  instanceCount: count,
  autoscale: autoscale.exactOptional(),
  codeDirectory: z.string().refine(isAbsolute, "an absolute path is needed"),
  scoringScript: z.string().min(1),
  modelDirectory: z.string().refine(isAbsolute, "an absolute path is needed").exactOptional(),
  mlflowModel: z.string().min(1).exactOptional(),
  condaFile: z.string(),
  buildDirectory: z.string().refine(isAbsolute, "an absolute path is needed").exactOptional(),
  environmentVariables: z.record(z.string(), z.string()),
  requestTimeoutMs: count,
  maxConcurrentRequestsPerInstance: count,
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe.exactOptional(),
  debugPort: z.number().int().min(1).max(65_535).exactOptional(),
});

const amendment = z.strictObject({
  traffic: z.record(z.string(), z.number()),
  mirrorTraffic: z.record(z.string(), z.number()),
  tags: z.record(z.string(), z.string()),
});

const caller = z.strictObject({
  objectId: z.guid(),
  principalType: z.enum(["User", "Group", "ServicePrincipal"]),
});

const endpoint = amendment.extend({
  name,
  authMode: z.enum(["Key", "AMLToken", "AADToken"]),
  callers: z.array(caller).exactOptional(),
  deployments: z.array(deployment),
  trial: z.strictObject({ body: z.string(), file: z.string().exactOptional() }).exactOptional(),
});

const comparisonRules = z.strictObject({
  absoluteTolerance: z.number().min(0),
  relativeTolerance: z.number().min(0).max(1),
  ignore: z.array(z.string()),
});

/** @throws UserError that lists everything wrong at once */
export function checkRules(value: unknown): ComparisonRules | undefined {
  const result = comparisonRules.nullish().safeParse(value);
  if (result.success) return result.data ?? undefined;
  throw new UserError(`answers cannot be compared so: ${z.prettifyError(result.error)}`);
}

/** Throws a UserError that lists everything wrong at once. */
export function checkSpec(value: unknown): EndpointSpec {
  const result = endpoint.safeParse(value);
  if (!result.success) {
    throw new UserError(`the endpoint cannot be run: ${z.prettifyError(result.error)}`);
  }
  const spec: EndpointSpec = result.data;
  const names = spec.deployments.map((each) => each.name);
  const problems = splitProblems(spec, names).map(splitProblemText);
  for (const repeated of names.filter((each, index) => names.indexOf(each) !== index)) {
    problems.push(`there are two deployments named ${repeated}`);
  }
  for (const each of spec.deployments) {
    const script = join(each.codeDirectory, each.scoringScript);
    if (!existsSync(script) || !statSync(script).isFile()) {
      problems.push(`the deployment ${each.name} has no scoring script at ${script}`);
    }
    if (each.modelDirectory !== undefined && !existsSync(each.modelDirectory)) {
      problems.push(`the deployment ${each.name} has no model at ${each.modelDirectory}`);
    }
  }
  if (problems.length > 0)
    throw new UserError(`the endpoint cannot be run: ${problems.join("; ")}`);
  return spec;
}

/**
 * @param deployments names of what runs
 * @throws UserError that lists everything wrong at once
 */
export function checkAmendment(value: unknown, deployments: readonly string[]): EndpointAmendment {
  const result = amendment.safeParse(value);
  if (!result.success) {
    throw new UserError(`the endpoint cannot be changed: ${z.prettifyError(result.error)}`);
  }
  const problems = splitProblems(result.data, deployments).map(splitProblemText);
  if (problems.length > 0) {
    throw new UserError(`the endpoint cannot be changed: ${problems.join("; ")}`);
  }
  return result.data;
}
