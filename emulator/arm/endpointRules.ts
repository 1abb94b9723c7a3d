/** What Azure refuses of a write to an online endpoint, before anything has changed. */
import { z } from "zod";
import {
  creationProblems,
  deletionProblems,
  readinessProblems,
  splitProblems,
} from "../../traffic/splitRules";
import type { Split, Traffic } from "../../traffic/split";
import { Refusal } from "../azure/refusal";
import { refuseSplitProblems } from "../azure/refusal";
import type { ArmDocument, DesiredDeployment, DesiredEndpoint } from "./backend";
import { asIdentity, assertUnchanged, identitySchema } from "./identity";

const tags = z.record(z.string(), z.string()).nullish();
const percentages = z.record(z.string(), z.number()).nullish();
const endpointSchema = z.object({
  location: z.string().min(1),
  tags,
  kind: z.string().nullish(),
  identity: identitySchema.nullish(),
  properties: z.looseObject({
    authMode: z.enum(["Key", "AMLToken", "AADToken"]),
    traffic: percentages,
    mirrorTraffic: percentages,
  }),
});

const deploymentSchema = z.object({
  location: z.string().min(1),
  tags,
  sku: z.record(z.string(), z.unknown()).nullish(),
  properties: z.record(z.string(), z.unknown()),
});

/** Properties that only Azure sets; it ignores them in what it is sent. */
const READ_ONLY = ["provisioningState", "scoringUri", "swaggerUri", "compute"];

/**
 * The desired endpoint in the body of a PUT. A PUT replaces all that can change: one without `traffic` clears the split. That is the
 * pessimistic reading; Azure does not document it (an entity made afresh serialises `traffic` as {}, which wipes the map).
 *
 * @param current the endpoint as it is; undefined for a new one
 * @throws Refusal
 */
export function desiredEndpoint(
  body: unknown,
  current: ArmDocument | undefined,
  deployments: readonly ArmDocument[],
): DesiredEndpoint {
  const { location, properties, ...rest } = parsed(endpointSchema, body);
  const { traffic, mirrorTraffic, ...others } = properties;
  const split = {
    traffic: ownNames(traffic ?? {}, deployments),
    mirrorTraffic: ownNames(mirrorTraffic ?? {}, deployments),
  };
  if (current === undefined) refuseSplitProblems(creationProblems(split));
  const names = deployments.map(({ name }) => name);
  const states = deployments.map(({ name, properties }) => ({
    name,
    provisioningState: String(properties["provisioningState"]),
  }));
  refuseSplitProblems(splitProblems(split, names));
  refuseSplitProblems(readinessProblems(split, states));
  const desired: DesiredEndpoint = {
    location,
    tags: rest.tags ?? {},
    ...(rest.kind == null ? {} : { kind: rest.kind }),
    ...(rest.identity == null ? {} : { identity: asIdentity(rest.identity) }),
    split,
    properties: writable(others),
  };
  if (current !== undefined) assertUnchanged(current, desired);
  return desired;
}

/**
 * The desired endpoint in the body of a PATCH: tags and identity are all that ARM's model of it has
 * (PartialMinimalTrackedResourceWithIdentity). Azure may ignore anything else in silence; here it is refused aloud.
 */
export function desiredPatch(body: unknown, current: ArmDocument): DesiredEndpoint {
  const patch = parsed(z.record(z.string(), z.unknown()), body);
  const others = Object.keys(patch).filter((name) => name !== "tags" && name !== "identity");
  if (others.length > 0) {
    throw new Refusal(
      "BadRequest",
      `a PATCH of an endpoint takes tags and identity only, not ${others.join(", ")}`,
      "endpoint-patch-others",
    );
  }
  const { traffic = {}, mirrorTraffic = {}, ...properties } = current.properties;
  const given = parsed(z.object({ tags, identity: identitySchema.nullish() }), body);
  const identity = given.identity == null ? current.identity : asIdentity(given.identity);
  const desired: DesiredEndpoint = {
    location: current.location,
    tags: given.tags ?? current.tags,
    ...(current.kind === undefined ? {} : { kind: current.kind }),
    ...(identity === undefined ? {} : { identity }),
    split: { traffic: traffic as Traffic, mirrorTraffic: mirrorTraffic as Traffic },
    properties: writable(properties),
  };
  assertUnchanged(current, desired);
  return desired;
}

export function desiredDeployment(body: unknown): DesiredDeployment {
  const { tags: given, sku, ...desired } = parsed(deploymentSchema, body);
  return {
    ...desired,
    tags: given ?? {},
    ...(sku == null ? {} : { sku }),
    properties: writable(desired.properties),
  };
}

/** Of a deployment, ARM's PATCH takes tags and the SKU (PartialMinimalTrackedResourceWithSku). */
export function deploymentPatch(body: unknown, current: ArmDocument): DesiredDeployment {
  const schema = z.strictObject({ tags, sku: z.record(z.string(), z.unknown()).nullish() });
  const patch = parsed(schema, body);
  return {
    location: current.location,
    tags: patch.tags ?? current.tags,
    sku: { ...current.sku, ...patch.sku },
    properties: writable(current.properties),
  };
}

/** "You cannot delete a deployment that has live traffic allocated to it" (how-to-safely-rollout-online-endpoints). */
export function assertDeploymentHasNoTraffic(endpoint: ArmDocument, deployment: string): void {
  const { traffic = {}, mirrorTraffic = {} } = endpoint.properties as Partial<Split>;
  refuseSplitProblems(deletionProblems({ traffic, mirrorTraffic }, deployment));
}

/** azure-ai-ml writes the names in a split in lower case, so the service cannot mind the case of them. */
function ownNames(traffic: Traffic, deployments: readonly ArmDocument[]): Traffic {
  const own = new Map(deployments.map(({ name }) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(traffic).map(([name, percent]) => [
      own.get(name.toLowerCase()) ?? name,
      percent,
    ]),
  );
}

function writable(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name, value]) => !READ_ONLY.includes(name) && value !== null,
    ),
  );
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new Refusal("InvalidRequestContent", z.prettifyError(result.error), "arm-request-content");
}
