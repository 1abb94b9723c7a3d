import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { endpointFileTexts } from "../../adopt/yamlText";
import { endpointDefinition } from "../../components/endpointDefinition";
import { deploymentDefinition } from "../../components/deploymentDefinition";
import { onlineDeploymentProperties } from "../../components/onlineDeployment";
import { identityProperties, onlineEndpointProperties } from "../../components/endpointProperties";
import { readEndpointDirectory } from "../../config/azureml";
import type {
  AssetReference,
  InlineEnvironment,
  LocalAsset,
  OnlineDeploymentDefinition,
  OnlineEndpointDefinition,
} from "../../config/types";
import type { EndpointBody } from "../../traffic/liveEndpoint";
import { cases } from "../thorough";

/**
 * What adoption writes is read back as the same bodies: forward(adopt(forward(yaml))) equals forward(yaml). It does not prove
 * that Azure's bodies have only what the YAML can say; differences of such a body are the command's to tell.
 */

const WORKSPACE =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "adopt-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Bodies {
  readonly endpoint: EndpointBody;
  readonly deployments: readonly { readonly name: string }[];
}

type Asset = LocalAsset | InlineEnvironment | AssetReference;

/** As the program declares them, without what the stack's settings add. */
function forward(definition: OnlineEndpointDefinition): Bodies {
  const id = (collection: string, asset: Asset) =>
    asset.kind === "id"
      ? asset.id
      : asset.kind === "label"
        ? `${WORKSPACE}/${collection}/${asset.name}/labels/${asset.label}`
        : `${WORKSPACE}/${collection}/${asset.name}/versions/${asset.version}`;
  const deployment = (one: OnlineDeploymentDefinition) => ({
    name: one.name,
    tags: one.tags,
    sku: { name: "Default", tier: "Standard", capacity: one.instanceCount },
    properties: plain(
      onlineDeploymentProperties(one, {
        ...(one.model === undefined ? {} : { model: id("models", one.model) }),
        ...(one.environment === undefined
          ? {}
          : { environmentId: id("environments", one.environment) }),
        ...(one.codeConfiguration === undefined
          ? {}
          : { codeId: id("codes", one.codeConfiguration.code) }),
        collectedDataIds: new Map(
          Object.entries(one.dataCollector?.collections ?? {}).flatMap(([name, { data }]) =>
            data === undefined
              ? []
              : [[name, `${WORKSPACE}/data/${data.name}/versions/${data.version}`] as const],
          ),
        ),
      }),
    ),
  });
  const { identity, traffic, mirrorTraffic } = definition;
  const inAzure = identityProperties(identity ?? { type: "SystemAssigned" });
  return {
    endpoint: {
      location: "canadacentral",
      tags: definition.tags,
      identity:
        "userAssignedIdentities" in inAzure
          ? { ...inAzure, userAssignedIdentities: asKeys(inAzure.userAssignedIdentities) }
          : inAzure,
      properties: { ...onlineEndpointProperties(definition), traffic, mirrorTraffic },
    },
    deployments: definition.deployments.map(deployment),
  };
}

const asKeys = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, {}]));

/** Azure's default for a deployment's egress is left to Azure. */
function plain(properties: object): object {
  const { egressPublicNetworkAccess: egress, ...others } = properties as {
    egressPublicNetworkAccess?: string;
  };
  return egress === "Disabled" ? properties : others;
}

let count = 0;

/** The endpoint that the loader reads in what adoption writes for these bodies. */
async function adopted({ endpoint, deployments }: Bodies, name: string) {
  const directory = join(folder, String(count++));
  mkdirSync(directory);
  const texts = endpointFileTexts(
    endpointDefinition(name, endpoint),
    deployments.map((one) => deploymentDefinition(one, WORKSPACE)),
  );
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(directory, file), text);
  const { definition, problems } = await readEndpointDirectory(directory);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return definition!;
}

async function roundTrip(definition: OnlineEndpointDefinition) {
  const bodies = forward(definition);
  const again = forward(await adopted(bodies, definition.name));
  const byName = (one: Bodies) => ({
    ...one,
    deployments: [...one.deployments].sort((a, b) => a.name.localeCompare(b.name)),
  });
  expect(byName(again)).toEqual(byName(bodies));
}

describe("the project's examples, adopted", () => {
  it.each([
    "scoring/flash-flood-predictor",
    "tests/fixtures/endpoint",
    "tests/config/azureml/fixtures/sample",
  ])("%s is the same endpoint", async (directory) => {
    const { definition, problems } = await readEndpointDirectory(directory);
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    await roundTrip(definition!);
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{2,8}$/);
/** Also what YAML 1.1 reads as something else than text. */
const value = fc.oneof(
  fc.constantFrom(
    "yes",
    "010",
    "1.10",
    "1e3",
    "~",
    "null",
    "0x1F",
    "12:30:45",
    "2026-01-01",
    "- a",
  ),
  fc.constantFrom(
    "a: b",
    "#x",
    "x #y",
    " lead",
    "'",
    '"',
    "a\nb",
    "é",
    "{a}",
    "*a",
    "&a",
    "!t",
    "%",
  ),
  word,
);
const texts = fc.dictionary(word, value, { maxKeys: 3 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const seconds = fc.integer({ min: 1, max: 90_000 });
const probe = (isReadiness: boolean) =>
  fc.record(
    {
      initialDelaySeconds: seconds,
      periodSeconds: seconds,
      timeoutSeconds: seconds,
      successThreshold: isReadiness ? seconds : fc.constant(1),
      failureThreshold: seconds,
    },
    { requiredKeys: [] },
  );
const registered = (collection: string): fc.Arbitrary<AssetReference> =>
  fc.oneof(
    fc.record({
      kind: fc.constant("workspace" as const),
      name: fc.constantFrom("a", "sklearn-1.5", "CliV2AnonymousEnvironment"),
      version: fc.constantFrom("1", "42"),
    }),
    fc.constant({
      kind: "id" as const,
      id: `azureml://registries/azureml/${collection}/torch/versions/12`,
    }),
    fc.constant({
      kind: "id" as const,
      id: `${WORKSPACE.replace("/ws", "/other")}/${collection}/x/versions/3`,
    }),
  );
const collector = fc
  .record({
    names: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    samplingRate: optional(fc.constantFrom(0.1, 0.5, 1)),
    rollingRate: optional(fc.constantFrom("Hour" as const, "Day" as const)),
    captureHeaders: optional(fc.array(word, { maxLength: 2 })),
    dataId: optional(fc.constantFrom("azureml:inputs:1", `${WORKSPACE}/data/inputs/versions/1`)),
    enabled: fc.boolean(),
  })
  .map(({ names, samplingRate, rollingRate, captureHeaders, dataId, enabled }) =>
    withoutUndefined({
      collections: Object.fromEntries(
        names.map((name) => [name, withoutUndefined({ enabled, samplingRate, dataId })]),
      ),
      rollingRate,
      captureHeaders,
    }),
  );
const deployment = fc
  .record({
    description: optional(value),
    tags: texts,
    properties: texts,
    model: registered("models"),
    codeConfiguration: fc.record({
      code: registered("codes").filter((one) => one.kind !== "id" || one.id.startsWith("/")),
      scoringScript: fc.constantFrom("score.py", "src/score.py"),
    }),
    environment: registered("environments"),
    environmentVariables: texts,
    instanceType: fc.constantFrom("Standard_DS3_v2", "Standard_NC6s_v3"),
    instanceCount: fc.integer({ min: 1, max: 50 }),
    requestSettings: fc
      .record({
        requestTimeoutMs: fc.integer({ min: 1, max: 180_000 }),
        maxConcurrentRequestsPerInstance: fc.integer({ min: 1, max: 100 }),
        maxQueueWaitMs: optional(fc.integer({ min: 0, max: 180_000 })),
      })
      .map(withoutUndefined),
    livenessProbe: optional(probe(false)),
    readinessProbe: optional(probe(true)),
    startupProbe: optional(probe(false)),
    dataCollector: optional(collector),
    appInsightsEnabled: fc.boolean(),
    egressPublicNetworkAccess: optional(fc.constantFrom("Enabled" as const, "Disabled" as const)),
  })
  .map(withoutUndefined);
const endpoint = fc
  .record({
    description: optional(value),
    authMode: fc.constantFrom("Key" as const, "AMLToken" as const, "AADToken" as const),
    identity: fc.constantFrom(
      { type: "SystemAssigned" as const },
      {
        type: "UserAssigned" as const,
        resourceIds: [
          "/subscriptions/1/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-a",
        ],
      },
    ),
    publicNetworkAccess: fc.constantFrom("Enabled" as const, "Disabled" as const),
    tags: texts,
    properties: texts,
    deployments: fc.uniqueArray(fc.tuple(word, deployment), {
      minLength: 1,
      maxLength: 3,
      selector: ([name]) => name,
    }),
    mirrored: fc.integer({ min: 0, max: 50 }),
  })
  .map(({ deployments, mirrored, ...others }) => {
    const names = deployments.map(([name]) => name);
    const [first = "", second] = names;
    return {
      ...withoutUndefined(others),
      file: "",
      name: "generated",
      traffic: Object.fromEntries(names.map((name) => [name, name === first ? 100 : 0])),
      mirrorTraffic: second === undefined || mirrored === 0 ? {} : { [second]: mirrored },
      deployments: deployments.map(([name, one]) => ({ ...one, name, file: "" })),
    } as OnlineEndpointDefinition;
  });

function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, one]) => one !== undefined)) as T;
}

it("is the same endpoint for every definition", async () => {
  await fc.assert(fc.asyncProperty(endpoint, roundTrip), { numRuns: cases(50, 1000) });
});
