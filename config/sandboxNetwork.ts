import { z } from "zod";
import { matching, oneOf } from "./fields";
import { ISOLATION_MODES } from "./isolationMode";
import { cidr, subnetId, vnetId, zoneId } from "./networkFields";
import { isPrivate, NETWORK_LEVELS } from "./networkLevel";
import type { PrivateEndpointNetwork } from "./networkTypes";

/** Shape of a sandbox's setting `network`. What its ranges and ids mean is checked in privateNetwork.ts. */

const onlySubnet = <T extends z.ZodType>(one: T) => z.strictObject({ privateEndpoints: one });

const zone = zoneId.optional();

const settings = z.strictObject({
  level: oneOf(NETWORK_LEVELS).default("open"),
  isolationMode: oneOf(ISOLATION_MODES).optional(),
  addressSpace: cidr.optional(),
  subnets: onlySubnet(cidr).optional(),
  vnetId: vnetId.optional(),
  subnetIds: onlySubnet(subnetId).optional(),
  privateDnsZoneIds: z
    .strictObject({
      workspace: zone,
      notebooks: zone,
      blob: zone,
      file: zone,
      vault: zone,
      registry: zone,
    })
    .optional(),
  imageBuild: z
    .strictObject({
      vmSize: matching(/^Standard_\w{2,20}$/, "a size of machines such as Standard_DS3_v2"),
    })
    .optional(),
});

type Settings = z.output<typeof settings>;

/** Where the private endpoints of a stack's own workspace go; settings that an existing workspace cannot have. */
export const PLACEMENT_KEYS = [
  "addressSpace",
  "subnets",
  "vnetId",
  "subnetIds",
  "privateDnsZoneIds",
  "imageBuild",
] as const;

export const sandboxNetwork = settings.prefault({}).transform((input, context) => {
  const before = context.issues.length;
  const problem = (path: string[], message: string) => {
    context.addIssue({ code: "custom", path, message });
  };
  const { level, isolationMode, imageBuild } = input;
  if (isPrivate(level) && isolationMode !== undefined) {
    problem(["isolationMode"], `is {value}, which level ${level} sets by itself; remove it`);
  }
  if (!isPrivate(level)) {
    for (const key of PLACEMENT_KEYS) {
      if (input[key] === undefined) continue;
      problem([key], `is for a private level, and level is ${level}; remove it, or set level`);
    }
  }
  const placement = isPrivate(level) ? placed(input, problem) : undefined;
  if (context.issues.length > before) return z.NEVER;
  return {
    level,
    ...(isolationMode === undefined ? {} : { isolationMode }),
    ...(placement === undefined ? {} : { privateEndpoints: placement }),
    ...(imageBuild === undefined ? {} : { imageBuildVmSize: imageBuild.vmSize }),
  };
});

type Problem = (path: string[], message: string) => void;

/** Undefined where nothing is said about it, as for an existing workspace. */
function placed(input: Settings, problem: Problem): PrivateEndpointNetwork | undefined {
  const vnet = input.vnetId === undefined ? created(input, problem) : existing(input, problem);
  if (vnet === undefined) return undefined;
  const zones = Object.entries(input.privateDnsZoneIds ?? {}).filter(([, id]) => id !== undefined);
  return { vnet, privateDnsZoneIds: Object.fromEntries(zones) };
}

function created(
  { addressSpace, subnets, subnetIds }: Settings,
  problem: Problem,
): PrivateEndpointNetwork["vnet"] | undefined {
  if (subnetIds !== undefined) {
    problem(
      ["vnetId"],
      "is missing; a subnet that exists already (subnetIds) lies in a network that does",
    );
    return undefined;
  }
  if (addressSpace === undefined && subnets === undefined) return undefined;
  if (addressSpace === undefined) {
    problem(["addressSpace"], "is missing; must be the IPv4 range of the whole network");
  }
  if (subnets === undefined) {
    problem(["subnets"], "is missing; must be a mapping with the range of privateEndpoints");
  }
  if (addressSpace === undefined || subnets === undefined) return undefined;
  return { kind: "created", addressSpace, subnets };
}

function existing(input: Settings, problem: Problem): PrivateEndpointNetwork["vnet"] | undefined {
  const { vnetId: id, subnetIds } = input;
  for (const key of ["addressSpace", "subnets"] as const) {
    if (input[key] === undefined) continue;
    problem(
      [key],
      "is for a network that the stack creates, and vnetId names one that exists; keep one of the two",
    );
  }
  if (subnetIds === undefined) {
    problem(["subnetIds"], "is missing; must be a mapping with the id of privateEndpoints");
  }
  if (id === undefined || subnetIds === undefined) return undefined;
  return { kind: "existing", id, subnetIds };
}
