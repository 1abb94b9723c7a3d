import { join } from "node:path";
import type { StackSettings } from "../graph/settings";
import type { EmulatorRun } from "../emulator/onEmulator";
import type { StoredResource } from "../graph/graph";
import { plainInputs, revealed } from "../graph/plainInputs";
import { evaluatedUp, type EvaluationOptions } from "./evaluation/client";

export const ENDPOINT_DIRECTORY = join(__dirname, "fixtures", "endpoint");
export const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
export const DEPLOYER = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
export const ADMINISTRATORS = "99999999-8888-7777-6666-555555555555";

/** The setting `network` of a private sandbox, as it is written. */
export const PRIVATE_INBOUND = {
  level: "privateInbound",
  addressSpace: "10.70.0.0/24",
  subnets: { privateEndpoints: "10.70.0.0/27" },
  imageBuild: { vmSize: "Standard_DS3_v2" },
} as const;

export const PRIVATE_BOTH_WAYS = { ...PRIVATE_INBOUND, level: "privateBothWays" } as const;

/** Settings of a sandbox as the engine passes them on; each test changes what it is about. */
export function sandboxSettings(changes: Record<string, unknown> = {}): StackSettings {
  const settings: Record<string, unknown> = {
    target: "sandbox",
    "azure-native:subscriptionId": SUBSCRIPTION,
    subscriptionName: "Test",
    resourceGroup: { name: "rg" },
    location: "canadacentral",
    workload: "flood",
    endpointDirectory: ENDPOINT_DIRECTORY,
    tags: { owner: "tests" },
    deployers: [{ objectId: DEPLOYER, principalType: "Group" }],
    ...changes,
  };
  return asPassedOn(settings);
}

/** Complete settings of a production stack, as they are written; tests take them apart to change one of them. */
export const PRODUCTION = {
  target: "production",
  "azure-native:subscriptionId": SUBSCRIPTION,
  subscriptionName: "Test",
  resourceGroup: { name: "rg" },
  location: "canadacentral",
  workload: "flood",
  tags: { owner: "tests" },
  endpointDirectory: ENDPOINT_DIRECTORY,
  deployment: "green",
  network: {
    addressSpace: "10.60.0.0/16",
    subnets: {
      nodes: "10.60.0.0/22",
      apiServer: "10.60.4.0/28",
      privateEndpoints: "10.60.5.0/27",
      gateway: "10.60.6.0/27",
    },
    egress: { type: "natGateway" },
  },
  cluster: {
    kubernetesVersion: "1.37",
    systemPool: { vmSize: "Standard_D4ds_v5", minCount: 3, maxCount: 5 },
    userPools: { scoring: { vmSize: "Standard_D4ds_v5", minCount: 3, maxCount: 12 } },
    adminGroupObjectIds: [ADMINISTRATORS],
    maintenance: { dayOfWeek: "Sunday", startTime: "02:00" },
  },
  image: { digest: `crflood.azurecr.io/gauge@sha256:${"a".repeat(64)}` },
  release: { sandboxStack: "organization/mlscore/sandbox" },
  scale: { maxReplicas: 12 },
  hostname: "flood.example.internal",
  plainHttp: true,
} as const;

/** Settings of a production stack as the engine passes them on; each test changes what it is about. */
export function productionSettings(changes: Record<string, unknown> = {}): StackSettings {
  return asPassedOn({ ...PRODUCTION, ...changes });
}

/** Everything as text, structures as JSON; `undefined` takes a setting away. */
function asPassedOn(settings: Readonly<Record<string, unknown>>): StackSettings {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [
        key.includes(":") ? key : `mlscore:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
  );
}

export function sandboxRun(
  changes: Record<string, unknown> = {},
  prior: readonly StoredResource[] = [],
  otherStacks: EvaluationOptions["otherStacks"] = {},
): Promise<EmulatorRun> {
  return evaluatedUp("sandbox", sandboxSettings(changes), { prior, otherStacks });
}

export function productionRun(
  changes: Record<string, unknown> = {},
  prior: readonly StoredResource[] = [],
  otherStacks: EvaluationOptions["otherStacks"] = {},
): Promise<EmulatorRun> {
  return evaluatedUp("production", productionSettings(changes), { prior, otherStacks });
}

/** Inputs of the one resource of a type, azure-native's without that prefix, with this logical name. */
export function inputsOf(run: EmulatorRun, type: string, name: string): Record<string, unknown> {
  const found = run.resources.filter(
    (resource) => [type, `azure-native:${type}`].includes(resource.type) && resource.name === name,
  );
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${name}`);
  return plainInputs(found[0]!.inputs, revealed);
}

/** Logical names of all resources of a type, sorted. */
export function namesOf(run: EmulatorRun, type: string): string[] {
  return run.resources
    .filter((resource) => resource.type.endsWith(type))
    .map(({ name }) => name)
    .sort();
}
