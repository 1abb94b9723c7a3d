import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { SUBSCRIPTION_SCOPE, type Identity, type Right } from "../../azure/right";
import { CALLER_ROLE } from "../../azure/otherRights";
import { rights, withRightsTable } from "../../azure/rights";
import { allows, roleActions, type RoleActions } from "../../azure/roleActions";
import { roleDefinitionIds } from "../../components/roleDefinitions";
import { catalogue } from "../../emulator/azure/catalogue";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { plainInputs, revealed } from "../../graph/plainInputs";
import { CALLERS, entraEndpointDirectory } from "../callers";
import { DEPLOYER, productionRun, sandboxRun } from "../stacks";

/**
 * The table of rights against what the program does: the functions that it calls, the resources that a refresh reads and
 * an update writes, and the roles that it grants. Does not prove what Azure's roles allow beyond their documentation.
 */

const READER = "bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee";
const readers = [{ objectId: READER, principalType: "ServicePrincipal" }];
const AKS = "Microsoft.ContainerService/managedClusters";
const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const ENDPOINTS = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints";

type Kind = "actions" | "dataActions";
type Need = readonly [Kind, string];
type Stack = "sandbox" | "production";

/** What a dynamic resource of ours reads and writes: its provider's code says so. */
const DYNAMIC: Readonly<Record<string, { readonly on: string; readonly kind: Kind }>> = {
  "pulumi-nodejs:dynamic/mlscore:AssetUpload": { on: BLOBS, kind: "dataActions" },
  "pulumi-nodejs:dynamic/mlscore:TrafficSplit": { on: ENDPOINTS, kind: "actions" },
  "pulumi-nodejs:dynamic/mlscore:GatewayApi": { on: AKS, kind: "actions" },
};

/** Pulumi's own: the state as blobs, and its secrets behind a key. */
const PULUMI_READS: readonly Need[] = [
  ["dataActions", `${BLOBS}/read`],
  ["dataActions", "Microsoft.KeyVault/vaults/keys/decrypt/action"],
];

function resourceNeed(type: string, verb: "read" | "write"): Need | undefined {
  const dynamic = DYNAMIC[type];
  if (dynamic !== undefined) return [dynamic.kind, `${dynamic.on}/${verb}`];
  const known = catalogue[type];
  if (known !== undefined) return ["actions", `${known.armType}/${verb}`];
  const object = /^kubernetes:(\S+?)\/v\d+:(\w+)$/.exec(type);
  if (object === null) return undefined;
  const [, group = "", kind = ""] = object;
  const plural = kind === "NetworkPolicy" ? "networkpolicies" : `${kind.toLowerCase()}s`;
  return ["dataActions", `${AKS}/${group === "core" ? "" : `${group}/`}${plural}/${verb}`];
}

function callNeed(token: string): Need | undefined {
  // Answered from the token alone.
  if (token === "azure-native:authorization:getClientConfig") return undefined;
  if (token === "azure-native:containerservice:listManagedClusterUserCredentials") {
    return ["actions", `${AKS}/listClusterUserCredential/action`];
  }
  return resourceNeed(token.replace(":get", ":"), "read");
}

function needs(run: EmulatorRun, verb: "read" | "write"): Need[] {
  const types = run.resources.filter(({ custom }) => custom).map(({ type }) => type);
  const all = [
    ...PULUMI_READS,
    ...run.calls.map(callNeed),
    ...types.map((type) => resourceNeed(type, "read")),
    ...(verb === "read" ? [] : types.map((type) => resourceNeed(type, "write"))),
  ];
  const texts = all.flatMap((need) => (need === undefined ? [] : [need.join(" ")]));
  return [...new Set(texts)].map((text) => text.split(" ") as unknown as Need);
}

/** Roles below the subscription; that at the subscription is for preflight (tests/preflight/rights.test.ts). */
function rolesOf(who: Identity, stack: Stack): Map<string, RoleActions> {
  const own = rights.filter(
    (one) =>
      one.who === who && [stack, "both"].includes(one.stack) && one.scope !== SUBSCRIPTION_SCOPE,
  );
  return new Map(own.map(({ role }) => [role, roleActions[role as keyof typeof roleActions]]));
}

/** Who gets a grant, by the beginning of its logical name. */
const GRANTEES: readonly (readonly [string, Identity])[] = [
  ["assets-reader-", "reading identity"],
  ["assets-deployer-", "deploying identity"],
  ["cluster-reader-", "reading identity"],
  ["cluster-identity-acr-pull", "kubelet"],
  ["cluster-identity-", "control plane"],
  ["cluster-", "cluster administrators"],
  ["endpoint-caller-", "callers"],
  ["endpoint-", "endpoint"],
  ["scoring-identity-", "scoring pods"],
  ["gateway-identity-", "gateway"],
  ["flow-logs-", "flow logs"],
];

function granted(run: EmulatorRun, stack: Stack): string[] {
  const names = new Map<string, string>(
    Object.entries(roleDefinitionIds).map(([k, id]) => [id, k]),
  );
  for (const { type, inputs } of run.resources) {
    if (type !== "azure-native:authorization:RoleDefinition") continue;
    names.set(String(plainInputs(inputs, revealed)["roleDefinitionId"]), CALLER_ROLE);
  }
  return run.resources.flatMap(({ type, name, inputs: wire }) => {
    if (type !== "azure-native:authorization:RoleAssignment") return [];
    const inputs = plainInputs(wire, revealed);
    const who = GRANTEES.find(([beginning]) => name.startsWith(beginning))?.[1] ?? name;
    const role = names.get(String(inputs["roleDefinitionId"]).split("/").at(-1) ?? "") ?? "?";
    const [, provider = ""] = String(inputs["scope"]).split("/providers/");
    const [namespace, ...rest] = provider.split("/");
    const on = [namespace, ...rest.filter((_part, place) => place % 2 === 0)].join("/");
    return [`${stack}: ${who}: ${role}: ${on}`];
  });
}

const asGranted = (right: Right) =>
  `${right.stack}: ${right.who}: ${right.role}: ${right.grantedOn ?? ""}`;

const runs = {} as Record<Stack, EmulatorRun>;
beforeAll(async () => {
  // An earlier update, so that the numbers of instances are looked up too.
  const before = { "organization/mlscore/sandbox": { instanceCounts: { blue: 1, green: 1 } } };
  const callers = { callers: CALLERS, endpointDirectory: entraEndpointDirectory() };
  const telemetry = "azure_monitor";
  runs.sandbox = await sandboxRun({ readers, ...callers, telemetry }, [], before);
  runs.production = await productionRun({ readers, certificateName: "flood", plainHttp: false });
});

describe.each(["sandbox", "production"] as const)("who runs %s", (stack) => {
  it.each([
    ["reading identity", "read"],
    ["deploying identity", "write"],
  ] as const)("as the %s may do all that the program does", (who, verb) => {
    const run = runs[stack];
    const roles = [...rolesOf(who, stack).values()];
    const found = needs(run, verb);
    expect(found.length).toBeGreaterThan(15);
    const refused = found.filter(
      ([kind, action]) => !roles.some((one) => allows(one, action, kind)),
    );
    expect(refused).toEqual([]);
  });

  it.each([
    ["reading identity", "read"],
    ["deploying identity", "write"],
  ] as const)("as the %s has no role without which all would go as well", (who, verb) => {
    const run = runs[stack];
    const roles = [...rolesOf(who, stack)];
    // Whatever of one role is on two scopes counts once: the state is elsewhere than `assets`.
    const spare = roles.filter(([name]) =>
      needs(run, verb).every(([kind, action]) =>
        roles.some(([other, role]) => other !== name && allows(role, action, kind)),
      ),
    );
    expect(spare.map(([name]) => name)).toEqual([]);
  });
});

it("sees the look-ups", () => {
  expect(runs.sandbox.calls).toContain("azure-native:machinelearningservices:getOnlineDeployment");
  expect(runs.production.calls).toContain(
    "azure-native:containerservice:listManagedClusterUserCredentials",
  );
});

it("writes nothing as the reading identity", () => {
  for (const stack of ["sandbox", "production"] as const) {
    for (const [name, role] of rolesOf("reading identity", stack)) {
      const writes = [...(role.actions ?? []), ...(role.dataActions ?? [])].filter(
        (action) => !/\/(read|listClusterUserCredential\/action|decrypt\/action)$/.test(action),
      );
      expect([name, writes]).toEqual([name, []]);
    }
  }
});

it("has a row for each role that the stacks grant, and none beside", () => {
  const grants = (["sandbox", "production"] as const).flatMap((stack) =>
    granted(runs[stack], stack),
  );
  const inAzure = rights.filter(({ grantedOn }) => grantedOn?.startsWith("Microsoft.") === true);
  expect([...new Set(grants)].sort()).toEqual(inAzure.map(asGranted).sort());
});

it("grants in the cluster what its own row says, to the readers alone", () => {
  const run = runs.production;
  const inCluster = run.resources.filter(({ type }) => type.includes(":rbac."));
  const bodies = inCluster.map(({ inputs }) => plainInputs(inputs, revealed));
  const rules = bodies.flatMap((body) => (body["rules"] as unknown[] | undefined) ?? []);
  expect(inCluster.map(({ name }) => name).sort()).toEqual([
    "scoring-gateway-reader",
    "scoring-gateway-reader-binding",
    "scoring-reader",
    "scoring-reader-binding",
  ]);
  const verbs = ["get", "list", "watch"];
  expect(rules).toHaveLength(4);
  expect(rules.slice(0, 2)).toEqual([
    { apiGroups: ["gateway.networking.k8s.io"], resources: ["gateways", "httproutes"], verbs },
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles", "rolebindings"], verbs },
  ]);
  const subjects = bodies.flatMap((body) => (body["subjects"] as unknown[] | undefined) ?? []);
  const subject = { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: READER };
  expect(subjects).toEqual([subject, subject]);
});

it("knows the deployers as who deploys", () => {
  expect(runs.sandbox.resources.map(({ name }) => name)).toContain(`assets-deployer-${DEPLOYER}`);
});

it("is what docs/operations.md shows; else: npm run rights", () => {
  const document = readFileSync(join(__dirname, "..", "..", "docs", "operations.md"), "utf8");
  expect(withRightsTable(document)).toBe(document);
});

it("has every role that docs/operations.md names", () => {
  const document = readFileSync(join(__dirname, "..", "..", "docs", "operations.md"), "utf8");
  const named = [
    ...document.matchAll(
      /_([A-Z][\w ]* )?(Reader|Contributor|Officer|Owner|User|Admin\w*|Operator)_/g,
    ),
  ];
  const roles = new Set(named.map(([name]) => name.slice(1, -1)));
  // Of those who look at the dashboards; they deploy nothing.
  const ofViewers = ["Log Analytics Reader", "Monitoring Reader"];
  expect([...roles].filter((name) => !rights.some(({ role }) => role === name)).sort()).toEqual(
    ofViewers,
  );
  expect(roles).toContain("Key Vault Certificates Officer");
});
