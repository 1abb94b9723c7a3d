import { endpointAccess } from "../endpointAccess";
import { at, mustBe, problem, requires } from "../inputChecks";
import { MONITORING_SWITCHES, SERVICE_SWITCHES } from "../publicAccess";
import { violations } from "../relations";
import {
  type PolicyResource,
  PRIVATE_LEVELS,
  type RuleDefinition,
  SANDBOX,
  type Violation,
} from "../rule";

const ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint";

/** What else a resource of a type must say so that the internet does not reach it. */
const CLOSED: Readonly<Record<string, (resource: PolicyResource) => readonly string[]>> = {
  "azure-native:storage:StorageAccount": requires("networkRuleSet.defaultAction", "Deny"),
  "azure-native:keyvault:Vault": requires("properties.networkAcls.defaultAction", "Deny"),
  "azure-native:machinelearningservices:Compute": ({ inputs }) => [
    ...mustBe(inputs, "properties.properties.enableNodePublicIp", false),
    ...mustBe(inputs, "properties.properties.remoteLoginPortPublicAccess", "Disabled"),
  ],
  "azure-native:network:PublicIPAddress": () => ["is an address in the internet"],
  "azure-native:network:PublicIPPrefix": () => ["is a range of addresses in the internet"],
};

export const levelRules: readonly RuleDefinition[] = [
  // What the level promises beyond `workspace-isolation`, which also takes a network that lets everything out.
  {
    id: "level-approved-outbound",
    title: "At the level privateBothWays deployments reach only approved destinations",
    targets: SANDBOX,
    levels: ["privateBothWays"],
    references: { azurePolicy: ["6ddb1705-c8cf-450e-aa4b-19ad6703c440"] },
    types: ["azure-native:machinelearningservices:Workspace"],
    checkResource: requires("managedNetwork.isolationMode", "AllowOnlyApprovedOutbound"),
  },
  // The level's promise, so no exemption lifts it: a stack that needs public access has the level open. Every resource is
  // looked at, also of types that no rule knows. Logs and metrics go to Azure Monitor's public addresses all the same: the
  // managed network opens the tag AzureMonitor for them by itself, and there is no private link scope.
  {
    id: "level-no-public-access",
    title: "At a private level nothing accepts requests from the internet",
    isFinal: true,
    targets: SANDBOX,
    levels: PRIVATE_LEVELS,
    references: {
      psrule: ["Azure.ML.PublicAccess", "Azure.ACR.Firewall"],
      azurePolicy: ["438c38d2-3772-465a-a9cc-7a6666a275ce", "b2982f36-99f2-4db5-8eff-283140c09693"],
    },
    checkStack: (resources) => [
      ...endpointAccess(resources),
      ...resources.filter(({ type }) => type !== ENDPOINT).flatMap(openings),
    ],
  },
];

function openings(resource: PolicyResource): Violation[] {
  const { type, inputs } = resource;
  // The split's is checked with its endpoint.
  if (type === "pulumi-nodejs:dynamic/mlscore:TrafficSplit") return [];
  const path = SERVICE_SWITCHES[type];
  return violations(resource, [
    ...(path === undefined ? [] : mustBe(inputs, path, "Disabled")),
    ...(type in MONITORING_SWITCHES
      ? []
      : otherSwitches(inputs, "")
          .filter((other) => other !== path && at(inputs, other) !== "Disabled")
          .map((other) => problem(other, at(inputs, other), '"Disabled"'))),
    ...(CLOSED[type]?.(resource) ?? []),
  ]);
}

/** Paths of every switch that a body has, by Azure's name for it. */
function otherSwitches(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = path === "" ? key : `${path}.${key}`;
    return /^publicNetworkAccess/.test(key) ? [here] : otherSwitches(inner, here);
  });
}
