import type { Report } from "../azureml/issues";
import { zoneNames } from "./privateZones";
import type { PrivateService, ProductionNetwork } from "./productionTypes";

/** Where the stack itself lies. */
interface Place {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
}

/** Longest name of a network, a subnet and their resource group: they become labels of nodes (AKS, "Azure CNI Overlay", limitations). */
const LONGEST_LABEL = 63;

type Checked = Pick<ProductionNetwork, "vnet" | "privateDnsZoneIds">;

/** Ids of what exists already: that they belong together, and that they are what they are said to be. */
export function checkNetworkIds(
  { vnet, privateDnsZoneIds }: Checked,
  place: Place,
  report: Report,
): void {
  if (vnet.kind === "existing") {
    checkNetwork(vnet.id, place, report);
    checkSubnets(vnet, report);
  } else if (place.resourceGroup.length > LONGEST_LABEL) {
    report.error(
      ["resourceGroup", "name"],
      `is {value}; a resource group with the cluster's network has at most ${LONGEST_LABEL} characters, because AKS makes a label of its name`,
    );
  }
  for (const [service, id] of Object.entries(privateDnsZoneIds)) {
    const problem = zoneProblem(service as PrivateService, lastSegment(id), place.location);
    if (problem !== undefined) report.error(["network", "privateDnsZoneIds", service], problem);
  }
}

function checkNetwork(id: string, place: Place, report: Report): void {
  const key = ["network", "vnetId"];
  const [, , subscription = "", , group = ""] = id.split("/");
  if (subscription.toLowerCase() !== place.subscriptionId.toLowerCase()) {
    // Microsoft Learn, "Create, change, or delete a network interface": same subscription and location.
    report.error(
      key,
      "is {value}, in a different subscription from the stack's; machines join networks of their own subscription only",
    );
  }
  for (const [what, name] of [
    ["resource group", group],
    ["network", lastSegment(id)],
  ] as const) {
    if (name.length > LONGEST_LABEL) report.error(key, tooLong(what));
  }
}

function checkSubnets(vnet: Extract<Checked["vnet"], { kind: "existing" }>, report: Report): void {
  const seen = new Map<string, string>();
  // A slip in vnetId itself would otherwise be told once for each subnet.
  const networks = Object.values({ ...vnet.subnetIds }).map(
    (id) => id.split(/\/subnets\//i)[0] ?? "",
  );
  const [common = "", ...others] = new Set(networks.map((id) => id.toLowerCase()));
  const isElsewhere = others.length === 0 && common !== vnet.id.toLowerCase();
  if (isElsewhere) {
    report.error(
      ["network", "vnetId"],
      `is {value}, but all of subnetIds lie in ${networks[0] ?? ""}`,
    );
  }
  for (const [name, id] of Object.entries({ ...vnet.subnetIds })) {
    const key = ["network", "subnetIds", name];
    const same = id.toLowerCase();
    if (!isElsewhere && !same.startsWith(`${vnet.id.toLowerCase()}/subnets/`)) {
      report.error(key, `is {value}, which is not in the network of vnetId (${vnet.id})`);
    }
    const other = seen.get(same);
    if (other !== undefined)
      report.error(key, `is the same subnet as ${other}; each needs one of its own`);
    seen.set(same, name);
    if (lastSegment(id).length > LONGEST_LABEL) report.error(key, tooLong("subnet"));
  }
}

/**
 * A zone for the API server is `private.<location>.azmk8s.io` or `<sub>.private.<location>.azmk8s.io`, not `privatelink…`,
 * because the API server lies in the network itself; a sub-zone's name has at most 32 characters (AKS, "Create a private
 * AKS cluster", configuration options for private DNS).
 */
function zoneProblem(service: PrivateService, zone: string, location: string): string | undefined {
  const name = zoneNames(location)[service];
  if (service !== "apiServer") {
    return zone.toLowerCase() === name
      ? undefined
      : `is {value}; must be the id of a zone with the name ${name}`;
  }
  if (zone === name) return undefined;
  const sub = zone.endsWith(`.${name}`) ? zone.slice(0, -name.length - 1) : undefined;
  if (sub !== undefined && /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(sub)) return undefined;
  if (sub !== undefined && sub.length > 32) {
    return `is {value}; the part before .${name} has ${sub.length} characters, AKS takes 32`;
  }
  return `is {value}; must be the id of a zone with the name ${name} or <sub>.${name}`;
}

function tooLong(what: string): string {
  return `is {value}; the name of the ${what} has more than ${LONGEST_LABEL} characters, and AKS makes a label of it`;
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
