import { readPrices } from "../../cost/prices";
import { valueAt } from "../../graph/paths";
import { joined, prose, say, strong, table, type Section, type Text } from "../document";
import { isRenamed, type Resource, type StackGraph, type StackReview } from "../model";
import { named } from "../naming";
import { shownValue } from "../shownValue";
import { costChange } from "./cost";

/** What decides what is paid: machines, tiers and times. */
const PAID: Readonly<Record<string, readonly { readonly words: string; readonly path: string }[]>> =
  {
    "azure-native:machinelearningservices:OnlineDeployment": [
      { words: "instances", path: "sku.capacity" },
      { words: "machine", path: "properties.instanceType" },
    ],
    "azure-native:monitor:AutoscaleSetting": [
      { words: "instances at least", path: "profiles.0.capacity.minimum" },
      { words: "instances at most", path: "profiles.0.capacity.maximum" },
    ],
    "azure-native:containerservice:AgentPool": [
      { words: "nodes at least", path: "minCount" },
      { words: "nodes at most", path: "maxCount" },
      { words: "machine", path: "vmSize" },
    ],
    "azure-native:containerservice:ManagedCluster": [
      { words: "system nodes at least", path: "agentPoolProfiles.0.minCount" },
      { words: "system nodes at most", path: "agentPoolProfiles.0.maxCount" },
      { words: "system machine", path: "agentPoolProfiles.0.vmSize" },
      { words: "tier", path: "sku.tier" },
    ],
    "azure-native:containerregistry:Registry": [{ words: "tier", path: "sku.name" }],
    "azure-native:containerregistry:AgentPool": [
      { words: "build agents", path: "count" },
      { words: "size", path: "tier" },
    ],
    "azure-native:network:NatGateway": [{ words: "tier", path: "sku.name" }],
    "azure-native:network:PublicIPAddress": [{ words: "tier", path: "sku.name" }],
    "azure-native:operationalinsights:Workspace": [
      { words: "days of logs", path: "retentionInDays" },
    ],
    "azure-native:storage:StorageAccount": [{ words: "redundancy", path: "sku.name" }],
  };

interface Paid {
  readonly resource: Resource;
  readonly words: string;
  readonly value: string;
}

/**
 * What starts to cost, stops to cost, or costs more or less.
 *
 * @param prices the same for both sides, so that only what is declared makes a difference
 */
export function capacitySection(review: StackReview, prices = readPrices()): Section {
  const { before, after } = review;
  const cost = costChange(review, prices);
  const olds = paid(before);
  const news = paid(after);
  const same = (one: Paid, other: Paid) =>
    one.resource.type === other.resource.type &&
    one.resource.name === other.resource.name &&
    one.words === other.words;
  const all = [...news, ...olds.filter((old) => !news.some((one) => same(one, old)))];
  const rows = all.flatMap((one): { row: Text[]; step: Text }[] => {
    const was = olds.find((old) => same(old, one))?.value;
    const is = news.find((other) => same(other, one))?.value;
    if (was === is || isRenamed(review, one.resource)) return [];
    const words = prose(one.words);
    const [from, to] = [was, is].map((value) => (value === undefined ? say`–` : say`${value}`));
    const step = say`${named(one.resource)}: ${words} ${from ?? []} → ${to ?? []}`;
    return [{ row: [named(one.resource), words, from ?? [], to ?? []], step }];
  });
  const headline =
    before !== undefined && rows.length > 0 && rows.length <= 3
      ? joined(
          rows.map(({ step }) => step),
          "; ",
        )
      : say`${rows.length} differences, see below`;
  const told = [...(rows.length === 0 ? [] : [headline]), ...(cost.text ? [cost.text] : [])];
  return {
    title: "Cost",
    headlines:
      told.length === 0
        ? []
        : [{ weight: "note", text: say`${strong`Cost:`} ${joined(told, "; ")}` }],
    unchanged: cost.whole,
    blocks: [
      ...table(
        "Cost drivers",
        ["resource", "", "before", "after"],
        rows.map(({ row }) => row),
      ),
      ...cost.changed,
    ],
  };
}

function paid(graph: StackGraph | undefined): Paid[] {
  return (graph?.resources ?? []).flatMap((resource) =>
    (PAID[resource.type] ?? []).flatMap(({ words, path }): Paid[] => {
      const value = valueAt(resource.inputs, path);
      return value === undefined ? [] : [{ resource, words, value: shownValue(value, "page") }];
    }),
  );
}
