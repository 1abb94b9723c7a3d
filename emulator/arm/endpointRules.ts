/** What Azure refuses of a write to an online endpoint, before anything has changed. */
import { z } from "zod";
import { SPLIT_ASSUMPTIONS, trafficProblems, unfitDeployments } from "../../traffic/splitRules";
import type { Traffic } from "../../traffic/split";
import { Refusal } from "../azure/refusal";
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
 * The wish in the body of a PUT. A PUT replaces all that can change: one without `traffic` clears the split. That is the
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
  if (current === undefined && Object.keys({ ...traffic, ...mirrorTraffic }).length > 0) {
    throw new Refusal(
      "BadRequest",
      "traffic cannot be set when the endpoint is created: its deployments have to exist first",
      "endpoint-traffic-at-creation",
    );
  }
  const names = deployments.map(({ name }) => name);
  const states = deployments.map(({ name, properties }) => ({
    name,
    provisioningState: String(properties["provisioningState"]),
  }));
  const problems = trafficProblems(names, split.traffic, split.mirrorTraffic);
  // A zero may stand for a deployment that failed, requests may not.
  const refused = problems.length > 0 ? problems : unfitDeployments(states, split);
  if (refused.length > 0) throw new Refusal("BadRequest", refused.join("; "), ...SPLIT_ASSUMPTIONS);
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
 * The wish in the body of a PATCH: tags and identity are all that ARM's model of it has
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
export function assertIdle(endpoint: ArmDocument, deployment: string): void {
  const { traffic, mirrorTraffic } = endpoint.properties as {
    traffic?: Traffic;
    mirrorTraffic?: Traffic;
  };
  for (const [what, percent, source] of [
    ["live", traffic?.[deployment] ?? 0, "deployment-delete-with-traffic"],
    ["mirrored", mirrorTraffic?.[deployment] ?? 0, "deployment-delete-with-mirror"],
  ] as const) {
    if (percent === 0) continue;
    throw new Refusal(
      "BadRequest",
      `You cannot delete the deployment ${deployment}, which has ${percent} % of ${what} traffic allocated to it. ` +
        "You must first set its traffic to 0%.",
      source,
    );
  }
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
