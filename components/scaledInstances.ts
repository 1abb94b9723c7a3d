import { createHash } from "node:crypto";
import { z } from "zod";
import type {
  AssetReference,
  LocalAsset,
  OnlineDeploymentDefinition,
  SandboxConfig,
} from "../config/types";
import { onlineDeploymentProperties } from "./onlineDeployment";
import type { StackOutputs } from "./stackOutputs";

export interface InstanceCount {
  readonly count: number;
  /** Whether the engine takes the state's number, whatever `count` is. */
  readonly ignoresChanges: boolean;
}

/** The output from which the next update knows which deployments were scaled, and how they were declared. */
export const SCALED_OUTPUT = "scaledDeployments";

/** By deployment with autoscale: what it was declared with, as a hash. */
export type ScaledDeployments = Readonly<Record<string, string>>;

/** Undefined for a stack without autoscale. */
export function scaledDeployments({
  endpoint,
  autoscale,
  tags,
}: SandboxConfig): ScaledDeployments | undefined {
  const scaled = endpoint.deployments.filter(({ name }) => autoscale[name] !== undefined);
  if (scaled.length === 0) return undefined;
  return Object.fromEntries(scaled.map((one) => [one.name, fingerprint(one, tags)]));
}

/**
 * The number of instances of a deployment that Azure Monitor scales. It belongs to the scaler, so a change of it is none of
 * the stack's. As long as nothing else of the deployment changes, the engine ignores it. When something else does, the whole
 * deployment is written, and then with the number that is live: what the engine ignores it sends from its state
 * (pulumi/docs issue 16161), and the deployment would have the instances of some day long ago.
 *
 * @param liveCount looks up the number; undefined for a deployment that does not exist
 */
export async function scaledCount(
  deployment: OnlineDeploymentDefinition,
  { autoscale, tags }: SandboxConfig,
  before: StackOutputs,
  liveCount: () => Promise<number | undefined>,
): Promise<InstanceCount> {
  const { name, instanceCount } = deployment;
  const last = z.record(z.string(), z.string()).safeParse(before?.[SCALED_OUTPUT]).data ?? {};
  if (last[name] === fingerprint(deployment, tags)) {
    return { count: instanceCount, ignoresChanges: true };
  }
  const { minInstances = 1, maxInstances = instanceCount } = autoscale[name] ?? {};
  const live = (await liveCount()) ?? instanceCount;
  return {
    count: Math.min(Math.max(live, minInstances), maxInstances),
    ignoresChanges: false,
  };
}

/** Of everything that is written with a deployment, without the number of instances and the places of files. */
function fingerprint(
  definition: OnlineDeploymentDefinition,
  stackTags: Readonly<Record<string, string>>,
): string {
  const { model, codeConfiguration, environment, dataCollector, tags } = definition;
  const declared = [
    onlineDeploymentProperties(definition, {}),
    { ...stackTags, ...tags },
    assetOf(model),
    assetOf(codeConfiguration?.code),
    environment?.kind === "inline" ? [environment.name, environment.version] : environment,
    dataCollector,
  ];
  return createHash("sha256").update(JSON.stringify(declared)).digest("hex").slice(0, 16);
}

function assetOf(asset: LocalAsset | AssetReference | undefined): unknown {
  return asset?.kind === "local" ? [asset.name, asset.version] : asset;
}
