import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  assetVersionId,
  assetVersionProvider,
  type AssetVersionInputs,
} from "../../components/assetVersionProvider";
import type { AzureStore } from "../../emulator/azure/azureStore";
import { emulatedArm, type EmulatedArm } from "../../emulator/arm/app";
import { Faults } from "../../emulator/arm/faults";
import { inProcess } from "../../emulator/arm/httpClient";
import { storeBackend } from "../../emulator/arm/storeBackend";
import { connect } from "../../traffic/arm";
import { PLACE, WORKSPACE, ArmHarness } from "../armHarness";

/**
 * The provider of asset versions on the emulator, by ARM's protocol. Whether Azure takes every archiving is not proved here;
 * it need not, since a refusal stops nothing.
 */

const MODEL: AssetVersionInputs = {
  subscriptionId: PLACE.subscriptionId,
  resourceGroupName: PLACE.resourceGroupName,
  workspaceName: PLACE.workspaceName,
  collection: "models",
  name: "m-0123456789abcdef",
  version: "1",
  properties: {
    modelUri: `azureml:/${WORKSPACE}/datastores/assets/paths/model/m-0123456789abcdef/w.bin`,
    tags: {},
    properties: { hash_sha256: "0123456789abcdef" },
  },
};
const ENVIRONMENT: AssetVersionInputs = {
  ...MODEL,
  collection: "environments",
  name: "e",
  version: "3.1-beta",
  properties: { image: "a:1", properties: { hash_sha256: "e" } },
};

let store: AzureStore;
let plane: EmulatedArm;
let warnings: string[];

beforeEach(() => {
  store = new ArmHarness().store;
  store.create("azure-native:machinelearningservices:Datastore", {
    resourceGroupName: "rg",
    workspaceName: PLACE.workspaceName,
    name: "assets",
    properties: { datastoreType: "AzureBlob" },
  });
  plane = emulatedArm(storeBackend(store), { faults: new Faults() });
  warnings = [];
});

function provider() {
  const arm = connect({
    url: "https://arm.invalid",
    credential: { getToken: () => Promise.resolve({ token: "none", expiresOnTimestamp: 1e15 }) },
    httpClient: inProcess(plane),
    retryDelayMs: 1,
    pollDelayMs: 1,
  });
  return assetVersionProvider(
    () => Promise.resolve(arm),
    (message) => warnings.push(message),
  );
}

const live = ({ collection, name, version }: AssetVersionInputs) =>
  store.read(`${WORKSPACE}/${collection}/${name}/versions/${version}`)?.outputs["properties"];
const writes = () =>
  plane.recorded
    .filter(({ method }) => method !== "GET")
    .map(({ method, status }) => `${method} ${status}`);

describe("a version that is declared", () => {
  it("is registered, and says since when it is there", async () => {
    expect(await provider().create(MODEL)).toEqual({
      id: assetVersionId(MODEL),
      outs: { ...MODEL, systemData: { createdAt: "2020-01-01T00:00:00Z" } },
    });
    expect(live(MODEL)).toEqual({ ...MODEL.properties, provisioningState: "Succeeded" });
    expect(writes()).toEqual(["PUT 201"]);
  });

  it("is taken as it is when the same content is there already", async () => {
    await provider().create(MODEL);
    const { outs } = await provider().create(MODEL);
    expect(outs).toEqual({ ...MODEL, systemData: { createdAt: "2020-01-01T00:00:00Z" } });
    expect(writes()).toEqual(["PUT 201"]);
  });

  it("comes back when it was archived", async () => {
    await provider().create(MODEL);
    await provider().delete(assetVersionId(MODEL), { ...MODEL, systemData: {} });
    await provider().create(MODEL);
    expect(live(MODEL)).toMatchObject({ ...MODEL.properties, isArchived: false });
    expect(writes()).toEqual(["PUT 201", "PUT 200", "PUT 200"]);
  });

  it("is used archived where Azure refuses to restore it", async () => {
    await provider().create(MODEL);
    await provider().delete(assetVersionId(MODEL), { ...MODEL, systemData: {} });
    plane.faults.add({ kind: "conflict", method: "PUT", path: "/versions/" });
    await provider().create(MODEL);
    expect(warnings).toEqual([
      `Restoring ${assetVersionId(MODEL)} was refused, which does not affect deployments: Conflict: Conflict of operation, another operation is running.`,
    ]);
  });

  it.each([
    ["another hash", { hash_sha256: "other" }],
    ["no hash", {}],
  ])("is refused, and not written, when what is there has %s", async (_what, properties) => {
    await provider().create({ ...MODEL, properties: { ...MODEL.properties, properties } });
    await expect(provider().create(MODEL)).rejects.toThrow(
      "version 1 of m-0123456789abcdef (models) already exists with other content, and a version cannot change: " +
        "raise `version` in the YAML, or leave it out to get one from the content",
    );
    expect(writes()).toEqual(["PUT 201"]);
  });

  it("is refused with Azure's code when a model's version is not a number, and accepted for an environment", async () => {
    await expect(provider().create({ ...MODEL, version: "0123456789abcdef" })).rejects.toThrow(
      /^ModelVersionOutOfRange: Model version must be a positive integer\./,
    );
    await provider().create(ENVIRONMENT);
    expect(writes()).toEqual(["PUT 400", "PUT 201"]);
  });

  it("is updated in place by a tag and replaced by another place alone", async () => {
    const { diff, create, update } = provider();
    const { id, outs } = await create(MODEL);
    const olds = outs as Parameters<typeof diff>[1];
    const tagged = { ...MODEL, properties: { ...MODEL.properties, tags: { owner: "tests" } } };
    expect(await diff(id, olds, MODEL)).toEqual({ changes: false, replaces: [] });
    expect(await diff(id, olds, tagged)).toEqual({ changes: true, replaces: [] });
    expect(await diff(id, olds, { ...MODEL, workspaceName: "other" })).toEqual({
      changes: true,
      replaces: ["workspaceName"],
    });
    await update(id, olds, tagged);
    expect(live(MODEL)).toMatchObject({ tags: { owner: "tests" } });
  });
});

describe("a version that is no longer declared", () => {
  const state = { ...ENVIRONMENT, systemData: {} };
  const id = assetVersionId(ENVIRONMENT);

  it("is archived with all that it was, and not deleted", async () => {
    await provider().create(ENVIRONMENT);
    await provider().delete(id, state);
    expect(live(ENVIRONMENT)).toEqual({
      ...ENVIRONMENT.properties,
      isArchived: true,
      provisioningState: "Succeeded",
    });
    expect(writes()).toEqual(["PUT 201", "PUT 200"]);
    expect(warnings).toEqual([]);
  });

  it("needs nothing when it is archived or gone, or its workspace is", async () => {
    await provider().delete(id, state);
    await provider().create(ENVIRONMENT);
    await provider().delete(id, state);
    await provider().delete(id, state);
    await provider().delete(assetVersionId({ ...ENVIRONMENT, workspaceName: "gone" }), state);
    expect(writes()).toEqual(["PUT 201", "PUT 200"]);
  });

  it("never stops an update, whatever Azure answers", async () => {
    await provider().create(ENVIRONMENT);
    plane.faults.add({ kind: "conflict", method: "PUT", path: "/versions/" });
    await provider().delete(id, state);
    expect(warnings).toEqual([
      `Archiving ${id} was refused, which does not affect deployments: Conflict: Conflict of operation, another operation is running.`,
    ]);
    expect(live(ENVIRONMENT)).not.toHaveProperty("isArchived");
  });

  it("is not deleted by the emulator either", async () => {
    await provider().create(ENVIRONMENT);
    const url = `https://arm.invalid${id}?api-version=2025-12-01`;
    const response = await plane.fetch(new Request(url, { method: "DELETE" }));
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        error: {
          code: "BadRequest",
          message: `Deleting ${id} is not supported. Archive it instead.`,
        },
      },
    ]);
  });
});

describe("a version after a refresh", () => {
  it("stays known while it is there, and is unknown when it is gone", async () => {
    const { id } = await provider().create(MODEL);
    const state = { ...MODEL, systemData: {} };
    expect(await provider().read(id, state)).toEqual({
      id,
      props: { ...MODEL, systemData: { createdAt: "2020-01-01T00:00:00Z" } },
    });
    expect(await provider().read(assetVersionId({ ...MODEL, name: "n" }), state)).toEqual({
      id: "",
    });
  });
});
