import { at, fault, items, mayOnlyBe, mustSay, textAt, UNKNOWN } from "../inputChecks";
import { violations } from "../relations";
import { FOUNDATIONS, taggingOf } from "../resourceTypes";
import { BOTH, PRODUCTION, type Rule } from "../rule";
import { checkPod, WORKLOADS } from "../podChecks";

/** Patches that AKS chooses, what the split writes for its endpoint, and what Azure writes by itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "azure-native:containerregistry:TaskRun": ["runRequest.sourceLocation"],
  "azure-native:containerservice:ManagedCluster": ["kubernetesVersion"],
  "azure-native:machinelearningservices:OnlineEndpoint": [
    "properties.description",
    "properties.mirrorTraffic",
    "properties.properties",
    "properties.publicNetworkAccess",
    "properties.traffic",
    "tags",
  ],
  "azure-native:machinelearningservices:Workspace": [
    "managedNetwork.outboundRules",
    "managedNetwork.status",
  ],
};

/** An item of a list by its place, or every one. */
const BY_POSITION = /\[/;

const KEY_VALUE =
  /AccountKey=|SharedAccessKey=|SharedAccessSignature=|InstrumentationKey=|[?&]sig=|PRIVATE KEY-----|client-key-data/i;
const KEY_NAME = /^(admin)?password$|^(client|app)Secret$|^(account|primary|secondary)Key$/i;

/** Private DNS zones and their links have no place. */
const NOWHERE = "global";

const TAGS = ["application", "environment", "owner"];

export const generalRules: readonly Rule[] = [
  // What a program ignores, it no longer guards: with `publicNetworkAccess` in the list nobody would put it back.
  // Names are to the letter, so `*` is never among them. Nothing is ignored by its place in a list: Azure answers
  // lists in an order of its own, and after a refresh the place is another item's (terraform-provider-azurerm issue
  // 4676).
  {
    id: "ignored-changes",
    title: "Only what Azure changes by itself is ignored",
    severity: "mandatory",
    targets: BOTH,
    references: {
      other: ["Pulumi, resource option ignoreChanges", "terraform-provider-azurerm issue 4676"],
    },
    types: "all",
    checkResource: ({ type, ignoreChanges }) => {
      const allowed = Object.hasOwn(ALLOWED, type) ? ALLOWED[type] : undefined;
      return ignoreChanges
        .filter((path) => allowed?.includes(path) !== true)
        .map((path) =>
          BY_POSITION.test(path)
            ? `ignores changes of ${path} by its place in a list, and Azure answers lists in an order of its own`
            : `ignores changes of ${path}, which nobody else looks after`,
        );
    },
  },
  // IT forbids them: they cannot pull from a privately networked registry, and the way round needs its admin account.
  // They come by other doors too: AKS's virtual nodes, pods that ask for one, and compute that a workspace attaches.
  // No exemption lifts this.
  {
    id: "no-container-instances",
    title: "Nothing runs on Azure Container Instances",
    severity: "mandatory",
    targets: BOTH,
    isFinal: true,
    references: { other: ['README, "What it does not do"', 'AKS, "Virtual nodes"'] },
    types: "all",
    checkResource: ({ type, inputs }) => [
      ...(/containerinstance|containerservice\/group/i.test(type)
        ? ["is an Azure Container Instance; run it on the cluster or behind a managed endpoint"]
        : []),
      ...mayOnlyBe(inputs, "addonProfiles.aciConnectorLinux.enabled", false),
      ...(/^(aci|containerinstances?)$/i.test(textAt(inputs, "properties.computeType") ?? "")
        ? ["properties.computeType is Azure Container Instances"]
        : []),
      ...(WORKLOADS.includes(type) ? checkPod(virtualNode)({ type, inputs }) : []),
    ],
  },
  // What stands in an input stands in the state, and often in a preview. Identities need none of it. In the engine
  // the rule sees secrets too; in an evaluation without one they are masked, so there it sees what nobody has marked.
  // Values are never shown.
  {
    id: "no-key-values",
    title: "No input is a key, a password or a signed address",
    severity: "mandatory",
    targets: BOTH,
    references: { other: ['README, "What it does not do"'] },
    types: "all",
    checkResource: ({ inputs }) =>
      faults(inputs, "").map(
        (path) => `${path} holds a key or a password; use an identity instead`,
      ),
  },
  // Data stays in the region that the stack is for, and nothing waits for another one. The region is that of most
  // resources; Azure takes "Canada Central" and "canadacentral" for the same.
  {
    id: "one-region",
    title: "All resources lie in one region",
    severity: "mandatory",
    targets: BOTH,
    references: {
      psrule: ["Azure.Resource.AllowedRegions"],
      azurePolicy: ["e56962a6-4747-49cd-b67b-bf8b01975c4c"],
    },
    checkStack: (resources) => {
      const placed = resources.flatMap((resource) => {
        const { location } = resource.inputs;
        return location === undefined ? [] : [{ resource, place: placeOf(location), location }];
      });
      const region = mostCommon(
        placed.flatMap(({ place }) => (place === undefined || place === NOWHERE ? [] : [place])),
      );
      return placed
        .filter(({ place }) => place !== NOWHERE && place !== region)
        .flatMap(({ resource, location }) =>
          violations(resource, [fault("location", location, region ?? "a region")]),
        );
    },
  },
  // Rules look at types they know, so a type that nobody has looked at passes all of them: a nested ARM deployment, a
  // Helm release, another cloud's provider. A new type is added to policy/resourceTypes.ts, with the rules that it
  // needs.
  {
    id: "only-reviewed-types",
    title: "Every resource is of a type that these rules were written for",
    severity: "mandatory",
    targets: BOTH,
    references: { other: ["This project: what nobody has looked at does not pass"] },
    types: "all",
    checkResource: ({ type }) =>
      taggingOf(type) === undefined
        ? [
            `is a ${type}, a type without rules; add it to policy/resourceTypes.ts with the rules it needs`,
          ]
        : [],
  },
  // Pulumi deletes what a program no longer declares, after a renamed resource for instance. To take a stack down,
  // exempt these for a day.
  {
    id: "protected-foundations",
    title: "What holds data or serves requests is protected against deletion",
    severity: "mandatory",
    targets: PRODUCTION,
    references: { other: ["Pulumi, resource option protect"] },
    types: FOUNDATIONS,
    checkResource: ({ protect }) =>
      protect ? [] : ["is not protected; set mlscore:protect to true"],
  },
  // Cost, questions and clean-up find their owner by tags. The endpoint's own tags are written with its split, and
  // that is where they are looked at.
  {
    id: "required-tags",
    title: "Every resource says whose it is and what for",
    severity: "mandatory",
    targets: BOTH,
    references: {
      psrule: ["Azure.Resource.UseTags"],
      azurePolicy: ["871b6d14-10aa-478d-b590-94f262ecfa99"],
    },
    types: "all",
    checkResource: ({ type, inputs, ignoreChanges }) => {
      const where = taggingOf(type);
      if (where === undefined || where === "untagged" || ignoreChanges.includes(where)) return [];
      return TAGS.flatMap((tag) =>
        mustSay(at(inputs, where), tag, "a tag that says something"),
      ).map((message) => `${where}.${message}`);
    },
  },
];

/** How a pod asks for a virtual node (AKS, "Create virtual nodes using Azure CLI"). */
function virtualNode(pod: Readonly<Record<string, unknown>>): string[] {
  const tolerated = items(pod["tolerations"]).some((toleration) =>
    (textAt(toleration, "key") ?? "").startsWith("virtual-kubelet.io/"),
  );
  return tolerated || textAt(pod, "nodeSelector.type") === "virtual-kubelet"
    ? ["the pods may run on a virtual node, which is Azure Container Instances"]
    : [];
}

/** Dotted paths of what looks like a secret. */
function faults(value: unknown, path: string): string[] {
  if (typeof value === "string") return KEY_VALUE.test(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const inside = path === "" ? key : `${path}.${key}`;
    return KEY_NAME.test(key) && typeof inner === "string" ? [inside] : faults(inner, inside);
  });
}

function placeOf(location: unknown): string | undefined {
  if (typeof location !== "string" || location === UNKNOWN) return undefined;
  return location.toLowerCase().replaceAll(" ", "");
}

function mostCommon(words: readonly string[]): string | undefined {
  const count = (word: string) => words.filter((one) => one === word).length;
  return [...new Set(words)].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1))[0];
}
