import { leaves } from "../../graph/changes";
import { withoutSecrets } from "../../secrets/tree";
import { HIDDEN } from "../../secrets/mask";
import { regionName } from "../../graph/sameText";
import { at, problem, items, mayOnlyBe, mustBeText, knownText, UNKNOWN } from "../inputChecks";
import { violations } from "../relations";
import { FOUNDATIONS, taggingOf } from "../resourceTypes";
import { PRODUCTION, type RuleDefinition } from "../rule";
import { checkPod, WORKLOADS } from "../podChecks";

/** Patch versions that AKS chooses, what the traffic split writes to its endpoint, and what Azure writes by itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "azure-native:containerregistry:TaskRun": ["runRequest.sourceLocation"],
  "azure-native:containerservice:ManagedCluster": ["kubernetesVersion"],
  // It begins in the month in which it is made, which no later update can say (components/budget.ts).
  "azure-native:consumption:Budget": ["timePeriod"],
  "azure-native:machinelearningservices:OnlineDeployment": [
    // What Azure sets where nothing is declared (components/endpointProperties.ts).
    "properties.egressPublicNetworkAccess",
    "properties.properties.AzureAsyncOperationUri",
    // Where Azure Monitor scales it: autoscale-ignored-count.
    "sku.capacity",
  ],
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

/** Refers to an item of a list by its position, or to every item. */
const BY_POSITION = /\[/;

/** Azure's own properties for keys, wherever they stand. */
const KEY_NAME = /^(admin)?password$|^(client|app)Secret$|^(account|primary|secondary)Key$/i;

/** The location of private DNS zones and their links. */
const GLOBAL = "global";

const TAGS = ["application", "environment", "owner"];

export const generalRules: readonly RuleDefinition[] = [
  // The program no longer corrects a property that it ignores: with `publicNetworkAccess` in the list, a change made
  // outside the program would stay. Paths must match exactly, so `*` is never allowed. Nothing is ignored by its
  // position in a list: Azure returns lists in its own order, and after a refresh the position belongs to another
  // item (terraform-provider-azurerm issue 4676).
  {
    id: "ignored-changes",
    title: "Only changes that Azure makes by itself are ignored",
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
            ? `ignores changes of ${path} by position in a list; Azure returns lists in its own order`
            : `ignores changes of ${path}, which then nothing corrects`,
        );
    },
  },
  // IT forbids them: they cannot pull from a privately networked registry, and the workaround needs its admin
  // account. They can also start indirectly: through AKS virtual nodes, pods that request one, and compute that a
  // workspace attaches. No exemption lifts this rule.
  {
    id: "no-container-instances",
    title: "Nothing runs on Azure Container Instances",
    isFinal: true,
    references: { other: ['README, "What it does not do"', 'AKS, "Virtual nodes"'] },
    types: "all",
    checkResource: ({ type, inputs }) => [
      ...(/containerinstance|containerservice\/group/i.test(type)
        ? ["is an Azure Container Instance; run it on the cluster or behind a managed endpoint"]
        : []),
      ...mayOnlyBe(inputs, "addonProfiles.aciConnectorLinux.enabled", false),
      ...(/^(aci|containerinstances?)$/i.test(knownText(inputs, "properties.computeType") ?? "")
        ? ["properties.computeType is Azure Container Instances"]
        : []),
      ...(WORKLOADS.includes(type) ? checkPod(virtualNodeProblems)({ type, inputs }) : []),
    ],
  },
  // Who may read a resource reads its inputs, however the state keeps them. Identities need no secrets. In the engine the
  // rule sees the values themselves; an evaluation without one has masked what looks like a secret. Values are never shown.
  {
    id: "no-key-values",
    title: "No input contains a key, a password or a signed URL",
    references: { other: ['README, "What it does not do"'] },
    types: "all",
    checkResource: ({ inputs }) =>
      secretPaths(inputs).map(
        (path) => `${path} contains a key or a password; use an identity instead`,
      ),
  },
  // Data stays in the stack's region, and no request waits for another region. The region is that of most resources;
  // Azure treats "Canada Central" and "canadacentral" as the same.
  {
    id: "one-region",
    title: "All resources are in one region",
    references: {
      psrule: ["Azure.Resource.AllowedRegions"],
      azurePolicy: ["e56962a6-4747-49cd-b67b-bf8b01975c4c"],
    },
    checkStack: (resources) => {
      const located = resources.flatMap((resource) => {
        const { location } = resource.inputs;
        if (location === undefined) return [];
        const known = typeof location === "string" && location !== UNKNOWN;
        return [{ resource, region: known ? regionName(location) : undefined, location }];
      });
      const stackRegion = mostCommon(
        located.flatMap(({ region }) =>
          region === undefined || region === GLOBAL ? [] : [region],
        ),
      );
      return located
        .filter(({ region }) => region !== GLOBAL && region !== stackRegion)
        .flatMap(({ resource, location }) =>
          violations(resource, [problem("location", location, stackRegion ?? "a region")]),
        );
    },
  },
  // Rules check the types they list, so an unreviewed type would pass all of them: a nested ARM deployment, a Helm
  // release, another cloud's provider. Add a new type to policy/resourceTypes.ts, with the rules that it needs.
  {
    id: "only-reviewed-types",
    title: "Every resource is of a type that the rules cover",
    references: { other: ["This project: an unreviewed type does not pass"] },
    types: "all",
    checkResource: ({ type }) =>
      taggingOf(type) === undefined
        ? [
            `is a ${type}, an unreviewed type; add it to policy/resourceTypes.ts with the rules it needs`,
          ]
        : [],
  },
  // Pulumi deletes what a program no longer declares, for example after a resource is renamed. To destroy a stack,
  // exempt these resources for a day.
  {
    id: "protected-foundations",
    title: "Resources that hold data or serve requests are protected against deletion",
    targets: PRODUCTION,
    references: { other: ["Pulumi, resource option protect"] },
    types: FOUNDATIONS,
    checkResource: ({ protect }) =>
      protect ? [] : ["is not protected; set mlscore:protect to true"],
  },
  // Cost reports, questions and clean-up find the owner by tags. The endpoint's own tags are written by its traffic
  // split, and are checked there.
  {
    id: "required-tags",
    title: "Every resource is tagged with its application, environment and owner",
    references: {
      psrule: ["Azure.Resource.UseTags"],
      azurePolicy: ["871b6d14-10aa-478d-b590-94f262ecfa99"],
    },
    types: "all",
    checkResource: ({ type, inputs, ignoreChanges }) => {
      const path = taggingOf(type);
      if (path === undefined || path === "untagged" || ignoreChanges.includes(path)) return [];
      return TAGS.flatMap((tag) => mustBeText(at(inputs, path), tag, "a tag with a value")).map(
        (message) => `${path}.${message}`,
      );
    },
  },
];

/** How a pod requests a virtual node (AKS, "Create virtual nodes using Azure CLI"). */
function virtualNodeProblems(pod: Readonly<Record<string, unknown>>): string[] {
  const tolerated = items(pod["tolerations"]).some((toleration) =>
    (knownText(toleration, "key") ?? "").startsWith("virtual-kubelet.io/"),
  );
  return tolerated || knownText(pod, "nodeSelector.type") === "virtual-kubelet"
    ? ["the pods may run on a virtual node, which is Azure Container Instances"]
    : [];
}

/** Dotted paths of what looks like a secret, or of where an evaluation found one and masked it. */
function secretPaths(inputs: Readonly<Record<string, unknown>>): string[] {
  const found: string[] = [];
  const rest = withoutSecrets(inputs, (_text, { path }) => void found.push(path));
  const masks = leaves(rest).filter(
    ({ path, value }) =>
      typeof value === "string" &&
      (value.includes(HIDDEN) || KEY_NAME.test(path.split(".").at(-1) ?? "")),
  );
  return [...found, ...masks.map(({ path }) => path)];
}

function mostCommon(words: readonly string[]): string | undefined {
  const count = (word: string) => words.filter((one) => one === word).length;
  return [...new Set(words)].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1))[0];
}
