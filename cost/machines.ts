import { surgeOf } from "../config/production/capacity";
import { listAt, nonEmptyTextAt, numberAt, textAt, textsAt, valueAt } from "../graph/paths";
import { sameText } from "../graph/sameText";

/** A declared resource, as far as its machines and its cost depend on it. */
export interface DeclaredPart {
  /** Pulumi's type, without an API version. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Unknown in a preview that creates it. */
  readonly id?: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Machines of one size that are declared together. */
export interface Machines {
  readonly kind: "deployment" | "nodePool" | "imageBuild";
  /** The deployment's name, the pool's, or the compute cluster's. */
  readonly name: string;
  readonly size: string;
  readonly zones: readonly string[];
  /** So many run with no request. */
  readonly least: number;
  /** So many run as declared: where somebody else chooses the number, so many are asked for at first. */
  readonly usual: number;
  /** So many run at most, all month long. */
  readonly most: number;
  /** Nodes on top of the most, while the pool is upgraded. */
  readonly surge: number;
  /** Machines on top of the most for which Azure ML wants quota; they are not billed. */
  readonly reserved: number;
}

const DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment";
const AUTOSCALE = "azure-native:monitor:AutoscaleSetting";
const COMPUTE = "azure-native:machinelearningservices:Compute";
const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POOL = "azure-native:containerservice:AgentPool";

/**
 * All machines that a declared stack runs: each deployment, those of both sides of a rollout too, each node pool, and the
 * compute that builds images. Quota and cost are both counted from this, so that they cannot differ.
 */
export function machinesOf(resources: readonly DeclaredPart[]): readonly Machines[] {
  const ofType = (type: string) => resources.filter((one) => one.type === type);
  return [
    ...ofType(DEPLOYMENT).map((one) => deployment(one, ofType(AUTOSCALE))),
    ...ofType(CLUSTER).flatMap(({ inputs }) =>
      listAt(inputs, "agentPoolProfiles").map((pool) => nodePool("name", pool)),
    ),
    ...ofType(POOL).map(({ inputs }) => nodePool("agentPoolName", inputs)),
    ...ofType(COMPUTE).map(imageBuild),
  ];
}

/** Machines for which quota has to be there: at the worst moment, with all that runs, is added or is reserved. */
export function quotaOf({ most, surge, reserved }: Machines): number {
  return most + surge + reserved;
}

/** Machines that are billed at the worst moment. */
export function paidAtWorst({ most, surge }: Machines): number {
  return most + surge;
}

/** A scaled deployment reaches its maximum when the load is high, which is when missing quota shows. */
function deployment({ id, inputs }: DeclaredPart, settings: readonly DeclaredPart[]): Machines {
  const name = textAt(inputs, "deploymentName");
  const size = nonEmptyTextAt(inputs, "properties.instanceType") ?? "";
  const declared = numberAt(inputs, "sku.capacity") ?? 0;
  const profiles = settings
    .filter((setting) => isFor(setting, id, textAt(inputs, "endpointName"), name))
    .flatMap((setting) => listAt(setting.inputs, "profiles"));
  const limits = (path: string) =>
    profiles.flatMap((profile) => numberAt(profile, `capacity.${path}`) ?? []);
  const least = Math.min(...limits("minimum"), declared);
  const most = Math.max(...limits("maximum"), declared);
  return {
    kind: "deployment",
    name,
    size,
    zones: [],
    least,
    usual: declared,
    most,
    surge: 0,
    reserved: reservedInstances(size, most) - most,
  };
}

/** By the id, or, where a preview does not know it yet, by the names in the setting's own name. */
function isFor(
  { inputs }: DeclaredPart,
  id: string | undefined,
  endpoint: string,
  deployment: string,
): boolean {
  const target = textAt(inputs, "targetResourceUri");
  if (target.startsWith("/")) {
    return id === undefined
      ? target
          .toLowerCase()
          .endsWith(`/onlineendpoints/${endpoint}/deployments/${deployment}`.toLowerCase())
      : sameText(target, id);
  }
  return textAt(inputs, "autoscaleSettingName").includes(deployment);
}

function nodePool(nameAt: "name" | "agentPoolName", pool: unknown): Machines {
  const count = numberAt(pool, "count") ?? 0;
  const least = numberAt(pool, "minCount") ?? count;
  const most = Math.max(least, numberAt(pool, "maxCount") ?? count);
  return {
    kind: "nodePool",
    name: nonEmptyTextAt(pool, nameAt) ?? "system",
    size: nonEmptyTextAt(pool, "vmSize") ?? "",
    zones: textsAt(pool, "availabilityZones"),
    least,
    usual: Math.min(most, Math.max(least, count)),
    most,
    surge: surge(valueAt(pool, "upgradeSettings.maxSurge"), most),
    reserved: 0,
  };
}

/** Nodes on top during an upgrade: a number, or a part of all nodes, rounded up (AKS, "Configure rolling upgrades"). */
function surge(maxSurge: unknown, nodes: number): number {
  if (typeof maxSurge !== "string") return surgeOf(nodes);
  const [, number = "", percent] = /^(\d+)(%?)$/.exec(maxSurge) ?? [];
  if (percent === undefined) return surgeOf(nodes);
  return percent === "" ? Number(number) : Math.ceil((Number(number) * nodes) / 100);
}

/** A compute cluster; it has no machine while nothing is built. */
function imageBuild({ name, inputs }: DeclaredPart): Machines {
  const scale = "properties.properties.scaleSettings";
  const least = numberAt(inputs, `${scale}.minNodeCount`) ?? 0;
  return {
    kind: "imageBuild",
    name: nonEmptyTextAt(inputs, "computeName") ?? name,
    size: nonEmptyTextAt(inputs, "properties.properties.vmSize") ?? "",
    zones: [],
    least,
    usual: least,
    most: Math.max(least, numberAt(inputs, `${scale}.maxNodeCount`) ?? 0),
    surge: 0,
    reserved: 0,
  };
}

/**
 * Instances for which Azure ML wants quota: a fifth more for upgrades, rounded up, except for sizes with costly accelerators
 * (Azure ML, "Manage and increase quotas", virtual machine quota allocation for deployment; "Managed online endpoints VM
 * SKU list").
 */
export function reservedInstances(size: string, count: number): number {
  // In whole numbers: 1.2 × 5 is a little more than 6 in floating point.
  return EXEMPT.test(size) ? count : Math.ceil((count * 12) / 10);
}

/** NC A100 v4, NC H100 v5 and all ND. */
const EXEMPT = /^Standard_(ND|NC\w*_(A100_v4|H100_v5)$|NCC?\d+ad\w*_H100_v5$)/i;
