import type { Report } from "../azureml/issues";
import type { KeyPath } from "../azureml/yamlTree";
import {
  ADDRESSES_WITHIN,
  nodesOf,
  nodesWithin,
  podPrefixFor,
  type PoolSize,
  RESERVED_PER_SUBNET,
} from "./capacity";
import {
  contains,
  overlaps,
  parseAddress,
  parseRange,
  prefixFor,
  type Range,
  sizeOf,
} from "./ranges";

export const DEFAULT_POD_CIDR = "10.244.0.0/16";
export const DEFAULT_SERVICE_CIDR = "10.245.0.0/16";

const SUBNETS = ["nodes", "apiServer", "privateEndpoints", "gateway", "build"] as const;

/** A range of the settings that could be read. */
interface SettingRange {
  readonly key: KeyPath;
  readonly range: Range;
  /** The file does not have it. */
  readonly isDefault?: true;
}

/** What is wrong with the addresses of one stack is told even where other settings of the network are wrong. */
interface Network {
  readonly addressSpace?: SettingRange;
  readonly subnets: Readonly<Partial<Record<(typeof SUBNETS)[number], SettingRange>>>;
  readonly pods?: SettingRange;
  readonly services?: SettingRange;
}

/**
 * Ranges of the network, its subnets, pods and services: each by itself, against each other, and against what the
 * cluster needs. What is not text is skipped; the schema has reported it.
 *
 * @param setting the setting `network` as it stands in the file
 * @param pools the cluster's pools, where they could be read
 */
export function checkAddresses(
  setting: unknown,
  pools: readonly PoolSize[] | undefined,
  report: Report,
): void {
  const network = read(setting, report);
  checkOverlaps(network, report);
  checkSizes(network, report);
  if (pools !== undefined) checkNodes(network, pools, report);
  checkNextHop(setting, network, report);
}

function read(setting: unknown, report: Report): Network {
  const range = (...path: string[]): SettingRange | undefined => {
    const key = ["network", ...path];
    const text = textAt(setting, path);
    if (text === undefined || report.hasError(key)) return undefined;
    const parsed = parseRange(text);
    if (!("problem" in parsed)) return { key, range: parsed };
    report.error(key, parsed.problem);
    return undefined;
  };
  const defaulted = (key: string, text: string) =>
    textAt(setting, [key]) === undefined
      ? { key: ["network", key], range: parseRange(text) as Range, isDefault: true as const }
      : range(key);
  const found = {
    addressSpace: range("addressSpace"),
    pods: defaulted("podCidr", DEFAULT_POD_CIDR),
    services: defaulted("serviceCidr", DEFAULT_SERVICE_CIDR),
  };
  return {
    ...present(found),
    subnets: present(Object.fromEntries(SUBNETS.map((name) => [name, range("subnets", name)]))),
  };
}

function checkOverlaps({ addressSpace, subnets, pods, services }: Network, report: Report): void {
  const all = Object.values(subnets);
  for (const [index, subnet] of all.entries()) {
    if (addressSpace !== undefined && !contains(addressSpace.range, subnet.range)) {
      report.error(
        subnet.key,
        `is {value}, which is not inside network.addressSpace (${addressSpace.range.text})`,
      );
    }
    reportOverlap(subnet, all.slice(0, index), report);
  }
  // Where the network's own range is wrong, its subnets still tell where pods and services must not be.
  const network = addressSpace === undefined ? all : [addressSpace];
  if (pods !== undefined) reportOverlap(pods, network, report);
  if (services !== undefined) reportOverlap(services, [...network, ...only(pods)], report);
}

function reportOverlap(one: SettingRange, others: readonly SettingRange[], report: Report): void {
  for (const other of others.filter(({ range }) => overlaps(one.range, range))) {
    report.error(
      one.key,
      `is ${shown(one)}, which overlaps ${named(other)}; give it addresses of its own`,
    );
  }
}

function checkSizes({ subnets, services }: Network, report: Report): void {
  for (const [name, taken] of Object.entries(ADDRESSES_WITHIN)) {
    const subnet = subnets[name as keyof typeof ADDRESSES_WITHIN];
    const needed = taken + RESERVED_PER_SUBNET;
    if (subnet === undefined || sizeOf(subnet.range) >= needed) continue;
    report.error(
      subnet.key,
      `is {value} with ${count(sizeOf(subnet.range))}; ${needed} are needed, ${taken} and the ${RESERVED_PER_SUBNET} that ` +
        `Azure reserves: choose a /${prefixFor(needed)} or larger`,
    );
  }
  if (services === undefined) return;
  // AKS, "Azure CNI Overlay": smaller than /12; the DNS service has the tenth address after the first.
  if (services.range.prefix <= 12 || services.range.prefix > 28) {
    report.error(services.key, "is {value}; must be smaller than a /12 and not smaller than a /28");
  }
}

function checkNodes({ subnets, pods }: Network, pools: readonly PoolSize[], report: Report): void {
  const { most, surge } = nodesOf(pools);
  const nodes = most + surge;
  const list = pools.map(({ name, maxCount }) => `${name} ${maxCount}`).join(", ");
  const why = `${most} nodes at most (${list}), ${surge} more during an upgrade`;
  const needed = nodes + RESERVED_PER_SUBNET;
  if (subnets.nodes !== undefined && sizeOf(subnets.nodes.range) < needed) {
    report.error(
      subnets.nodes.key,
      `is {value} with ${count(sizeOf(subnets.nodes.range))}; ${needed} are needed: ${why}, and ${RESERVED_PER_SUBNET} that Azure ` +
        `reserves; choose a /${prefixFor(needed)} or larger`,
    );
  }
  if (pods !== undefined && nodesWithin(pods.range.prefix) < nodes) {
    report.error(
      pods.key,
      `is ${shown(pods)}, which has a /24 for ${nodesWithin(pods.range.prefix)} nodes; ${nodes} are needed: ${why}; ` +
        `take a /${podPrefixFor(nodes)} or larger`,
    );
  }
}

function checkNextHop(setting: unknown, network: Network, report: Report): void {
  const key = ["network", "egress", "nextHopIpAddress"];
  const text = textAt(setting, ["egress", "nextHopIpAddress"]);
  if (text === undefined || report.hasError(key)) return;
  const address = parseAddress(text);
  if ("problem" in address) {
    report.error(key, address.problem);
    return;
  }
  if (text.endsWith(".0")) {
    report.error(
      key,
      "is {value}, a network address and not a host; must be the firewall's address",
    );
    return;
  }
  const around = [network.addressSpace, network.pods, network.services]
    .flatMap(only)
    .find(({ range }) => contains(range, address));
  if (around === undefined) return;
  report.error(
    key,
    `is {value}, inside ${named(around)}; the firewall lies in the hub, outside this network`,
  );
}

function shown({ range, isDefault }: SettingRange): string {
  return `"${range.text}"${isDefault ? " (default)" : ""}`;
}

function named({ key, range, isDefault }: SettingRange): string {
  return `${key.map(String).join(".")} (${range.text}${isDefault ? ", default" : ""})`;
}

function count(addresses: number): string {
  return addresses === 1 ? "1 address" : `${addresses} addresses`;
}

function only(range: SettingRange | undefined): SettingRange[] {
  return range === undefined ? [] : [range];
}

function present<T extends Record<string, unknown>>(record: T) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  let at = value;
  for (const key of path) {
    at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }
  return typeof at === "string" && at.trim() !== "" ? at : undefined;
}
