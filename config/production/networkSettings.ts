import { z } from "zod";
import { text } from "../azureml/yamlValues";
import { oneOf, trueOrFalse } from "../fields";
import { cidr, subnetId, vnetId, zoneId } from "../networkFields";
import { DEFAULT_POD_CIDR, DEFAULT_SERVICE_CIDR } from "./addresses";
import type { ProductionNetwork, Subnets } from "./productionTypes";

/** Shape of the setting `network`. What its ranges and ids mean is checked in addresses.ts and networkIds.ts. */

const EGRESS = ["natGateway", "firewall"] as const;

function subnets<T extends z.ZodType>(one: T) {
  return z.strictObject({
    nodes: one,
    apiServer: one,
    privateEndpoints: one,
    gateway: one,
    build: one.optional(),
  });
}

export const network = z
  .strictObject({
    addressSpace: cidr.optional(),
    subnets: subnets(cidr).optional(),
    vnetId: vnetId.optional(),
    subnetIds: subnets(subnetId).optional(),
    // The mapping first: of a word that is neither, the last alternative is the one that tells what it may be.
    egress: z
      .union([
        z.strictObject({
          type: oneOf(EGRESS),
          nextHopIpAddress: text("the firewall's private IPv4 address").optional(),
        }),
        oneOf(EGRESS),
      ])
      // That it is missing is told below, with all else that is.
      .nullish(),
    flowLogs: trueOrFalse().optional(),
    podCidr: cidr.default(DEFAULT_POD_CIDR),
    serviceCidr: cidr.default(DEFAULT_SERVICE_CIDR),
    privateDnsZoneIds: z
      .strictObject({
        registry: zoneId.optional(),
        vault: zoneId.optional(),
        blob: zoneId.optional(),
        dfs: zoneId.optional(),
        apiServer: zoneId.optional(),
      })
      .default({}),
  })
  .transform((settings, context): Omit<ProductionNetwork, "dnsServiceIp"> => {
    const problem = (path: string[], message: string) => {
      context.addIssue({ code: "custom", path, message });
    };
    const vnet =
      settings.vnetId === undefined ? created(settings, problem) : existing(settings, problem);
    if (vnet === undefined) return z.NEVER;
    return {
      vnet,
      podCidr: settings.podCidr,
      serviceCidr: settings.serviceCidr,
      privateDnsZoneIds: defined(settings.privateDnsZoneIds),
    };
  });

type Problem = (path: string[], message: string) => void;

interface NetworkInput {
  readonly addressSpace?: string | undefined;
  readonly subnets?: SubnetInput | undefined;
  readonly vnetId?: string | undefined;
  readonly subnetIds?: SubnetInput | undefined;
  readonly egress?:
    | string
    | { readonly type: string; readonly nextHopIpAddress?: string | undefined }
    | null
    | undefined;
  readonly flowLogs?: boolean | undefined;
}

type SubnetInput = Omit<Subnets<string>, "build"> & { readonly build?: string | undefined };

function created(settings: NetworkInput, problem: Problem): ProductionNetwork["vnet"] | undefined {
  const { addressSpace, subnets: ranges, egress } = settings;
  if (settings.subnetIds !== undefined) {
    problem(
      ["vnetId"],
      "is missing; subnets that exist already (subnetIds) lie in a network that does",
    );
    return undefined;
  }
  if (addressSpace === undefined && ranges === undefined) {
    problem(
      [],
      "has neither addressSpace and subnets, for a network of its own, nor vnetId and subnetIds, for one that exists",
    );
    createdEgress(egress, problem);
    return undefined;
  }
  if (addressSpace === undefined)
    problem(["addressSpace"], "is missing; must be the IPv4 range of the whole network");
  if (ranges === undefined)
    problem(["subnets"], "is missing; must be a mapping with the IPv4 ranges of the subnets");
  const way = createdEgress(egress, problem);
  if (addressSpace === undefined || ranges === undefined || way === undefined) return undefined;
  const { flowLogs = true } = settings;
  return { kind: "created", addressSpace, subnets: defined(ranges), egress: way, flowLogs };
}

function createdEgress(egress: NetworkInput["egress"], problem: Problem) {
  if (egress === undefined || egress === null) {
    const what = egress === null ? "has no value" : "is missing";
    problem(
      ["egress"],
      `${what}; must be {type: natGateway}, or {type: firewall, nextHopIpAddress: …}`,
    );
    return undefined;
  }
  if (typeof egress === "string") {
    problem(
      ["egress"],
      `is {value}; in a network of the stack's own write it as a mapping, {type: ${egress}${egress === "firewall" ? ", nextHopIpAddress: …" : ""}}`,
    );
    return undefined;
  }
  const { type, nextHopIpAddress } = egress;
  if (type === "natGateway") {
    if (nextHopIpAddress === undefined) return { type } as const;
    problem(
      ["egress", "nextHopIpAddress"],
      "is {value}, but a NAT gateway has no next hop; remove it, or set type to firewall",
    );
    return undefined;
  }
  if (nextHopIpAddress !== undefined) return { type: "firewall", nextHopIpAddress } as const;
  problem(
    ["egress", "nextHopIpAddress"],
    "is missing; must be the firewall's private IPv4 address",
  );
  return undefined;
}

function existing(settings: NetworkInput, problem: Problem): ProductionNetwork["vnet"] | undefined {
  const { vnetId, subnetIds, egress } = settings;
  for (const key of ["addressSpace", "subnets"] as const) {
    if (settings[key] === undefined) continue;
    problem(
      [key],
      "is for a network that the stack creates, and vnetId names one that exists; keep one of the two",
    );
  }
  if (settings.flowLogs !== undefined) {
    problem(
      ["flowLogs"],
      "is for a network that the stack creates; in an existing network they belong to the network team; remove it",
    );
  }
  if (subnetIds === undefined)
    problem(["subnetIds"], "is missing; must be a mapping with the ids of the network's subnets");
  if (egress === undefined || egress === null) {
    const what = egress === null ? "has no value" : "is missing";
    problem(["egress"], `${what}; must be natGateway or firewall, as the network's routes are`);
    return undefined;
  }
  if (typeof egress !== "string") {
    problem(
      ["egress"],
      `is {value}; for an existing network write ${egress.type} alone, because the stack does not manage its routes`,
    );
    return undefined;
  }
  if (vnetId === undefined || subnetIds === undefined) return undefined;
  return {
    kind: "existing",
    id: vnetId,
    subnetIds: defined(subnetIds),
    egress: egress === "firewall" ? "firewall" : "natGateway",
  };
}

/** Without the keys that have no value. */
function defined<T extends object>(record: T) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
