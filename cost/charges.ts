import { nonEmptyTextAt, textAt } from "../graph/paths";
import { machinesOf, paidAtWorst, type DeclaredPart, type Machines } from "./machines";
import type { Meter } from "./prices";

/** How many units are billed at the same time. */
export interface Amounts {
  readonly least: number;
  readonly usual: number;
  readonly most: number;
}

/** Something that is paid by the time for which it is there. */
export interface Charge {
  /** The name of the deployment, the pool or the resource. */
  readonly name: string;
  /** What it is, with its size or tier. */
  readonly words: string;
  readonly count: Amounts;
  /** So many at the worst moment, such as the upgrade of a pool. */
  readonly worst: number;
  /** Undefined: no meter of the price list is known for it. */
  readonly meter: Meter | undefined;
}

const MACHINE_WORDS: Readonly<Record<Machines["kind"], string>> = {
  deployment: "deployment",
  nodePool: "node pool",
  imageBuild: "image build",
};

/**
 * All that a stack pays by the hour, the day or the month, machines first. A managed endpoint's instance costs what the
 * virtual machine costs that it is (Azure ML, "View costs for managed online endpoints"), a node of AKS likewise.
 */
export function chargesOf(resources: readonly DeclaredPart[]): readonly Charge[] {
  const machines = machinesOf(resources).map((one): Charge => {
    const { kind, name, size, least, usual, most } = one;
    return {
      name,
      words: `${MACHINE_WORDS[kind]}, ${size}`,
      count: { least, usual, most },
      worst: paidAtWorst(one),
      meter: { serviceName: "Virtual Machines", armSkuName: size },
    };
  });
  return [...machines, ...resources.flatMap((one) => alwaysPaid(one) ?? [])];
}

/** What is paid as long as it is there, one unit each. */
function alwaysPaid({ type, name, inputs }: DeclaredPart): Charge | undefined {
  const found = PAID[type]?.(inputs);
  if (found === undefined) return undefined;
  const count = { least: 1, usual: 1, most: 1 };
  return { name, count, worst: 1, ...found };
}

type Found = Pick<Charge, "words" | "meter"> | undefined;

/** Names of meters as the Azure Retail Prices API has them. */
const PAID: Readonly<Record<string, (inputs: DeclaredPart["inputs"]) => Found>> = {
  "azure-native:containerservice:ManagedCluster": (inputs) => {
    const tier = nonEmptyTextAt(inputs, "sku.tier") ?? "Free";
    if (tier === "Free") return undefined;
    const meterName = tier === "Standard" ? "Standard Uptime SLA" : "Standard Long Term Support";
    const meter = { serviceName: "Azure Kubernetes Service", meterName };
    return { words: `control plane, tier ${tier}`, meter };
  },
  "azure-native:containerregistry:Registry": (inputs) => {
    const tier = textAt(inputs, "sku.name");
    const meter = { serviceName: "Container Registry", meterName: `${tier} Registry Unit` };
    return { words: `registry, tier ${tier}`, meter };
  },
  "azure-native:containerregistry:AgentPool": (inputs) => {
    return { words: `build agents, ${textAt(inputs, "tier")}`, meter: undefined };
  },
  "azure-native:network:NatGateway": (inputs) => {
    const tier = textAt(inputs, "sku.name");
    const meter: Meter = {
      serviceName: "NAT Gateway",
      meterName: "Standard Gateway",
      region: "Global",
    };
    return { words: `NAT gateway, ${tier}`, meter: tier === "Standard" ? meter : undefined };
  },
  "azure-native:network:PublicIPAddress": (inputs) => {
    const kind = [textAt(inputs, "sku.name"), textAt(inputs, "publicIPAddressVersion")].join(" ");
    const isKnown = kind === "Standard IPv4" || kind === "Standard ";
    const meter = { serviceName: "Virtual Network", meterName: "Standard IPv4 Static Public IP" };
    return { words: `public address, ${kind.trim()}`, meter: isKnown ? meter : undefined };
  },
  "azure-native:network:PrivateEndpoint": () => {
    const meterName = "Standard Private Endpoint";
    return {
      words: "private endpoint",
      meter: { serviceName: "Virtual Network", meterName, region: "Global" },
    };
  },
  "azure-native:privatedns:PrivateZone": () => {
    // The list has the zone without a region and counts it by 1; Azure DNS pricing says a month, for each of the first 25.
    const meterName = "Private Zone";
    return {
      words: "private DNS zone",
      meter: { serviceName: "Azure DNS", meterName, region: "", unit: "month" },
    };
  },
};

/** Types that are in the list of what is paid by time. */
export const PAID_TYPES: ReadonlySet<string> = new Set([
  ...Object.keys(PAID),
  "azure-native:machinelearningservices:OnlineDeployment",
  "azure-native:machinelearningservices:Compute",
  "azure-native:containerservice:AgentPool",
]);
