import { isDeepStrictEqual } from "node:util";
import type { PropertyChange } from "../../graph/changes";
import { listAt, textAt, valueAt } from "../../graph/paths";
import {
  details,
  list,
  prose,
  say,
  strong,
  type Headline,
  type Section,
  type Text,
} from "../document";
import { changesOf, type ResourceChange, type StackReview } from "../model";
import { named } from "../naming";

/** What is where in the network, and who may speak to whom. Ways to and from the internet are a section of their own. */
export function networkSection(review: StackReview): Section {
  const headlines = [
    ...changesOf(review, "create", "update", "replace").flatMap(subnetChanges),
    ...changesOf(review, "update", "replace").flatMap(ruleChanges),
    ...changesOf(review, "delete", "replace").flatMap(lostLinks),
  ];
  const ruleList = headlines.filter(({ weight }) => weight === "note");
  return {
    title: "Network",
    headlines: headlines.filter(({ weight }) => weight !== "note"),
    blocks: [
      ...list(headlines.filter(({ weight }) => weight !== "note").map(({ text }) => text)),
      ...details(say`Smaller changes: ${ruleList.length}`, list(ruleList.map(({ text }) => text))),
    ],
    unchanged: [],
  };
}

interface Subnet {
  readonly name: string;
  readonly addressPrefix: string;
  readonly hasRules: boolean;
  /** Ids of what leads out of it. */
  readonly egress: string;
}

function subnetChanges({ resource, before, after }: ResourceChange): Headline[] {
  if (!resource.type.endsWith(":VirtualNetwork") || before === undefined) return [];
  const olds = subnetsOf(before.inputs);
  const news = new Map(subnetsOf(after?.inputs).map((subnet) => [subnet.name, subnet]));
  const of = say` of ${named(resource)}`;
  return [
    ...olds.flatMap((was): Headline[] => {
      const is = news.get(was.name);
      const subnet = say`${strong`Network:`} subnet ${was.name}${of}`;
      if (is === undefined) {
        const text = say`${subnet} (${was.addressPrefix}) would be ${strong`deleted`}`;
        return [{ weight: "blocking", text }];
      }
      return [
        ...(was.addressPrefix === is.addressPrefix
          ? []
          : [
              stop(
                say`${subnet} would have the range ${is.addressPrefix}, not ${was.addressPrefix}; Azure refuses this while addresses are in use`,
              ),
            ]),
        ...(was.hasRules && !is.hasRules
          ? [stop(say`${subnet} would lose its security group`)]
          : []),
        ...(was.egress === is.egress
          ? []
          : [
              {
                weight: "review",
                text: say`${subnet} would have a different egress path`,
              } as const,
            ]),
      ];
    }),
    ...[...news.values()]
      .filter(({ name }) => !olds.some((old) => old.name === name))
      .map(({ name, addressPrefix }): Headline => {
        return { weight: "note", text: say`new subnet ${name} (${addressPrefix})${of}` };
      }),
  ];
}

function stop(text: Text): Headline {
  return { weight: "blocking", text };
}

function subnetsOf(inputs: unknown): Subnet[] {
  return listAt(inputs, "subnets").map((subnet) => ({
    name: textAt(subnet, "name"),
    addressPrefix: textAt(subnet, "addressPrefix"),
    hasRules: valueAt(subnet, "networkSecurityGroup") !== undefined,
    egress: textAt(subnet, "natGateway.id") + textAt(subnet, "routeTable.id"),
  }));
}

/** Where each type keeps what decides on traffic; tags, labels and descriptions decide nothing. */
const DECIDES: readonly { readonly type: RegExp; readonly path: RegExp }[] = [
  {
    type: /^azure-native:network:NetworkSecurityGroup$/,
    path: /^securityRules(?!.*\.description$)/,
  },
  { type: /^azure-native:network:RouteTable$/, path: /^(routes|disableBgpRoutePropagation)/ },
  { type: /:NetworkPolicy$/, path: /^spec/ },
];

/** Rules between parts of the network; those that open it to the internet are told as such. */
function ruleChanges({ resource, properties }: ResourceChange): Headline[] {
  const decides = DECIDES.find(({ type }) => type.test(resource.type))?.path;
  if (decides === undefined) return [];
  const deciding = properties.filter((one) => decides.test(one.path) && !isOrderOfNames(one));
  const rules = [...new Set(deciding.map(({ path }) => ruleOf(path)))];
  if (rules.length === 0) return [];
  return [
    {
      weight: "review",
      text: say`${strong`Network:`} ${named(resource)} would allow different traffic: ${rules.join(", ")}`,
    },
  ];
}

/**
 * A list whose named items only changed places (`propertyChanges`): a security rule has its priority, and of routes the longest
 * prefix wins (Azure Virtual Network, "Network security groups" and "Virtual network traffic routing").
 */
function isOrderOfNames({ path, before, after }: PropertyChange): boolean {
  const [was, is] = [namesIn(before), namesIn(after)];
  return !path.includes("[") && was !== undefined && isDeepStrictEqual(was, is);
}

/** Sorted; undefined for anything but a list of names. */
function namesIn(value: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(value) || value.some((item) => typeof item !== "string")) return undefined;
  return value.map((item: unknown) => item).sort();
}

/** `securityRules[AllowNodes].access` is about the rule AllowNodes. */
function ruleOf(path: string): string {
  return /\[([^[\]]+)\]/.exec(path)?.[1] ?? path;
}

function lostLinks({ op, resource, renamed, after }: ResourceChange): Headline[] {
  if (renamed !== undefined) return [];
  const { type } = resource;
  const what = type.endsWith(":PrivateEndpoint")
    ? "the network cannot reach its service"
    : /:(PrivateZone|VirtualNetworkLink|PrivateDnsZoneGroup)$/.test(type)
      ? "its names do not resolve"
      : undefined;
  if (what === undefined) return [];
  const until = op === "delete" || after === undefined ? "" : " until it is created again";
  return [
    {
      weight: "review",
      text: say`${strong`Network:`} ${named(resource)} goes: ${prose(what + until)}`,
    },
  ];
}
