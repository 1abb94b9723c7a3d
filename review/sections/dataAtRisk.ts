import { valueAt } from "../../graph/paths";
import { list, prose, say, strong, type Headline, type Section, type Text } from "../document";
import { changesOf, type Resource, type ResourceChange, type StackReview } from "../model";
import { named } from "../naming";

/** What holds something that no program can make again. */
const HOLDS: Readonly<Record<string, string>> = {
  "azure-native:containerregistry:Registry": "its images",
  "azure-native:keyvault:Vault": "its keys, secrets and certificates",
  "azure-native:machinelearningservices:Workspace": "its models, runs and endpoints",
  "azure-native:monitor:AzureMonitorWorkspace": "its metrics",
  "azure-native:operationalinsights:Workspace": "its logs",
  "azure-native:resources:ResourceGroup": "everything in it",
  "azure-native:storage:BlobContainer": "its files",
  "azure-native:storage:StorageAccount": "its files",
};

/** Days and switches that decide how long something is recoverable. */
const GUARDS: readonly { readonly path: string; readonly words: string }[] = [
  { path: "properties.enablePurgeProtection", words: "purge protection" },
  { path: "properties.enableSoftDelete", words: "soft delete" },
  { path: "properties.softDeleteRetentionInDays", words: "days of soft delete" },
  { path: "retentionInDays", words: "days of logs" },
  { path: "deleteRetentionPolicy.enabled", words: "soft delete of files" },
  { path: "deleteRetentionPolicy.days", words: "days of soft delete of files" },
  { path: "containerDeleteRetentionPolicy.enabled", words: "soft delete of containers" },
  { path: "containerDeleteRetentionPolicy.days", words: "days of soft delete of containers" },
];

/** Copies of the data, from few to many (Azure Storage, redundancy). */
const REDUNDANCY = ["LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS"];

/** What would be lost, and what would be guarded less than before. */
export function dataSection(review: StackReview): Section {
  const lost = changesOf(review, "delete", "replace").filter(
    ({ resource, renamed }) => HOLDS[resource.type] !== undefined && renamed === undefined,
  );
  const headlines: Headline[] = [
    ...lost.map((change): Headline => ({ weight: "blocking", text: loss(change) })),
    ...changesOf(review, "update", "replace").flatMap(lessGuarded),
  ];
  return {
    title: "Data at risk",
    headlines,
    blocks: list(headlines.map(({ text }) => text)),
    unchanged: [],
  };
}

function loss({ op, resource, with: gone, immutable }: ResourceChange): Text {
  const why =
    gone !== undefined
      ? say`, along with ${named(gone)}`
      : immutable.length > 0
        ? say`, because ${immutable.join(", ")} cannot be changed in place`
        : [];
  const done = op === "delete" ? strong`deleted` : strong`replaced`;
  const held = prose(HOLDS[resource.type] ?? "what it holds");
  const guard = resource.protect
    ? say`; it is protected, so Pulumi would refuse`
    : say`; it is not protected`;
  return say`${strong`Data:`} ${named(resource)} would be ${done} with ${held}${why}${guard}`;
}

function lessGuarded({ before, after }: ResourceChange): Headline[] {
  if (before === undefined || after === undefined) return [];
  const found = [
    ...(before.protect && !after.protect
      ? [say`would no longer be protected against deletion`]
      : []),
    ...GUARDS.flatMap(({ path, words }) => lowered(before, after, path, words)),
    ...fewerCopies(before, after),
  ];
  return found.map((text) => ({
    weight: "blocking",
    text: say`${strong`Data:`} ${named(after)} ${text}`,
  }));
}

function lowered(before: Resource, after: Resource, path: string, words: string): Text[] {
  const was = valueAt(before.inputs, path);
  const is = valueAt(after.inputs, path);
  if (was === true && is !== true) return [say`would lose its ${prose(words)}`];
  if (typeof was === "number" && (typeof is !== "number" || is < was)) {
    return [say`would have ${typeof is === "number" ? is : 0} ${prose(words)}, not ${was}`];
  }
  return [];
}

function fewerCopies(before: Resource, after: Resource): Text[] {
  const place = ({ type, inputs }: Resource) => {
    const sku = valueAt(inputs, "sku.name");
    return type.endsWith(":StorageAccount") && typeof sku === "string"
      ? REDUNDANCY.indexOf(sku.split("_").at(-1) ?? "")
      : -1;
  };
  return place(after) >= 0 && place(after) < place(before)
    ? [
        say`would have less redundancy: ${String(valueAt(after.inputs, "sku.name"))}, not ${String(valueAt(before.inputs, "sku.name"))}`,
      ]
    : [];
}
