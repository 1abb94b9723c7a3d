import { listAt, nonEmptyTextAt, numberAt, textsAt } from "../../graph/paths";
import type { Machines } from "../../cost/machines";
import { machinesFor, type Declared } from "../declared";
import type { Check, Found } from "../finding";
import type { Question } from "../question";

/** Microsoft Learn, REST: Resource Skus - List; the only filter that it knows is the location. */
export function skusQuestion({ subscriptionId, location }: Declared): Question {
  return {
    path: `/subscriptions/${subscriptionId}/providers/Microsoft.Compute/skus`,
    apiVersion: "2021-07-01",
    action: "Microsoft.Compute/skus/read",
    list: true,
    filter: `location eq '${location}'`,
  };
}

/** A size of virtual machines as the subscription has it in the region. */
export interface Sku {
  /** Such as `standardDDSv5Family`, as usages call it. */
  readonly family: string | undefined;
  readonly cpus: number | undefined;
  readonly zones: readonly string[];
  readonly restrictions: readonly unknown[];
}

export function skuOf(body: unknown, size: string): Sku | undefined {
  const found = listAt(body, "value").find(
    (one) =>
      nonEmptyTextAt(one, "name")?.toLowerCase() === size.toLowerCase() &&
      nonEmptyTextAt(one, "resourceType") === "virtualMachines",
  );
  if (found === undefined) return undefined;
  const vCpus = listAt(found, "capabilities").find(
    (one) => nonEmptyTextAt(one, "name") === "vCPUs",
  );
  return {
    family: nonEmptyTextAt(found, "family"),
    cpus: numberAt(vCpus, "value"),
    zones: listAt(found, "locationInfo").flatMap((one) => textsAt(one, "zones")),
    restrictions: listAt(found, "restrictions"),
  };
}

/** The sizes of all node pools are offered to the subscription in the region, and in the zones of the pool. */
export const nodeSizes: Check = {
  id: "node-size",
  title: "machine sizes of nodes",
  questions: (declared) =>
    machinesFor(declared, "nodePool").length === 0 ? [] : [skusQuestion(declared)],
  findings: (declared, answerTo) =>
    machinesFor(declared, "nodePool").flatMap((pool) =>
      faultsOf(pool, declared, answerTo(skusQuestion(declared)).body),
    ),
};

function faultsOf(pool: Machines, { location, subscriptionId }: Declared, body: unknown): Found[] {
  const { name, size: vmSize, zones } = pool;
  const key = ["mlscore:cluster"];
  const command = `az vm list-skus --location ${location} --size ${vmSize} --all --subscription ${subscriptionId} --output table`;
  const who = "you: choose another size or other zones; or Azure support lifts the restriction";
  const sku = skuOf(body, vmSize);
  if (sku === undefined) {
    const missing = `${location} does not offer ${vmSize}, the VM size of the pool ${name}`;
    return [{ key, missing, who, command }];
  }
  const barred = sku.restrictions.find((one) => nonEmptyTextAt(one, "type") === "Location");
  if (barred !== undefined) {
    const reason = nonEmptyTextAt(barred, "reasonCode");
    const missing = `${vmSize} of the pool ${name} is not available to the subscription in ${location}${reason === undefined ? "" : ` (${reason})`}`;
    return [{ key, missing, who, command }];
  }
  const closed = sku.restrictions
    .filter((one) => nonEmptyTextAt(one, "type") === "Zone")
    .flatMap((one) => textsAt(one, "restrictionInfo.zones"));
  const absent = zones.filter((zone) => !sku.zones.includes(zone) || closed.includes(zone));
  if (absent.length === 0) return [];
  const missing = `${vmSize} of the pool ${name} is not available in zone ${absent.join(" and ")} of ${location}`;
  return [{ check: "node-zone", key: [...key, "zones"], missing, who, command }];
}
