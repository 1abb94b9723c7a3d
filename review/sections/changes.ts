import {
  joined,
  prose,
  say,
  strong,
  type Headline,
  type Section,
  type Strong,
  type Text,
} from "../document";
import { changesOf, type Resource, type ResourceChange, type StackReview } from "../model";
import { named } from "../naming";
import { count } from "../typeNames";

/** Told by a section of their own when they go, since what is lost with them is not the resource. */
const TOLD_ELSEWHERE = new RegExp(
  [
    ":RoleAssignment$",
    ":(PrivateEndpoint|PrivateZone|VirtualNetworkLink|PrivateDnsZoneGroup)$",
    ":(Registry|Vault|AzureMonitorWorkspace|ResourceGroup|BlobContainer|StorageAccount)$",
    "^azure-native:(machinelearningservices|operationalinsights):Workspace$",
  ].join("|"),
);

/** What serves requests while it is there: nobody deletes it in passing. */
const SERVES =
  /:(ManagedCluster|OnlineEndpoint|AgentPool|VirtualNetwork|NatGateway|Namespace|Gateway|HTTPRoute)$/;

/** More of one kind than this are told together. */
const ALONE = 3;

/** What goes, what is made again, and what only has another name. */
export function changesSection(review: StackReview): Section {
  const isTold = ({ resource, renamed, with: gone }: ResourceChange) =>
    renamed !== undefined || gone !== undefined || TOLD_ELSEWHERE.test(resource.type);
  const replaced = changesOf(review, "replace");
  const along = (change: ResourceChange) =>
    replaced.filter((one) => one.with?.urn === change.resource.urn);
  return {
    title: "Replaced, deleted, renamed",
    headlines: [
      ...told(
        replaced.filter((change) => !isTold(change)),
        (change) => replacement(change, replaced, along(change)),
        strong`replaced`,
      ),
      ...told(
        changesOf(review, "delete").filter((change) => !isTold(change)),
        ({ resource }) => say`${named(resource)} would be ${strong`deleted`}${guard(resource)}`,
        strong`deleted`,
      ),
      ...renames(review),
    ],
    blocks: [],
    unchanged: [],
  };
}

function told(
  changes: readonly ResourceChange[],
  text: (change: ResourceChange) => Text,
  done: Strong,
): Headline[] {
  const serving = changes.filter(({ resource }) => SERVES.test(resource.type));
  const others = changes.filter((change) => !serving.includes(change));
  const names = others.map(({ resource }) => named(resource));
  const together = say`${prose(count(others.length, "resource"))} would be ${done}: ${joined(names.slice(0, ALONE))} and ${others.length - ALONE} more`;
  return [
    ...serving.map((change): Headline => ({ weight: "blocking", text: text(change) })),
    ...(others.length > ALONE ? [together] : others.map(text)).map((one): Headline => {
      return { weight: "review", text: one };
    }),
  ];
}

function replacement(
  { resource, immutable }: ResourceChange,
  replaced: readonly ResourceChange[],
  along: readonly ResourceChange[],
): Text {
  // What goes along with what goes along counts too.
  const all = new Set(along);
  for (const one of all) {
    for (const next of replaced) if (next.with?.urn === one.resource.urn) all.add(next);
  }
  const why =
    immutable.length === 0 ? [] : say`, because ${immutable.join(", ")} cannot be changed in place`;
  const more = all.size === 0 ? [] : say`, and ${prose(count(all.size, "resource"))} with it`;
  return say`${named(resource)} would be ${strong`replaced`}${why}${more}${guard(resource)}`;
}

/** Pulumi's own refusal. */
function guard({ protect }: Resource): Text {
  return protect ? say`; it is protected, so Pulumi would refuse` : [];
}

function renames(review: StackReview): Headline[] {
  const pairs = changesOf(review, "create").flatMap(({ resource, renamed }) =>
    renamed !== undefined && "from" in renamed ? [{ resource, from: renamed.from }] : [],
  );
  return pairs.map(({ resource, from }): Headline => {
    const isHeavy = SERVES.test(resource.type) || TOLD_ELSEWHERE.test(resource.type);
    return {
      weight: isHeavy && !resource.type.endsWith(":RoleAssignment") ? "blocking" : "review",
      text: say`${strong`Renamed:`} ${from} → ${named(resource)}: Pulumi would delete one resource and create another; add an alias to the new one (${aliasOf(from, resource.name)})`,
    };
  });
}

function aliasOf(from: string, name: string): string {
  return from.endsWith(`::${name}`) ? "aliases: [{ parent: … }]" : `aliases: [{ name: "${from}" }]`;
}
