import { describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { AzureStore } from "../../../emulator/azure/azureStore";

// Proves the emulator's rules for builds in a registry; nothing is built.

const PLACE = { subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg"] };
const REGISTRY = "azure-native:containerregistry:";
const inGroup = { resourceGroupName: "rg", registryName: "crflood", location: "canadacentral" };

function storeWithRegistry(): AzureStore {
  const store = new AzureStore(PLACE);
  store.create(`${REGISTRY}Registry`, inGroup);
  return store;
}

function taskRun(...steps: object[]) {
  const encodedTaskContent = Buffer.from(stringify({ steps })).toString("base64");
  return { ...inGroup, taskRunName: "build-1", runRequest: { encodedTaskContent } };
}

describe("a task run of the emulator", () => {
  const images = (...steps: object[]) => {
    const { outputs } = storeWithRegistry().create(`${REGISTRY}TaskRun`, taskRun(...steps));
    return (outputs["runResult"] as { outputImages: Record<string, string>[] }).outputImages;
  };

  it("answers with the images that its steps push, not with those it only builds", () => {
    const found = images(
      { build: "--tag crflood.azurecr.io/other:1 ." },
      { push: ["crflood.azurecr.io/team/flood:abc"] },
    );
    expect(found).toEqual([
      {
        registry: "crflood.azurecr.io",
        repository: "team/flood",
        tag: "abc",
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      },
    ]);
  });

  it("gives the same digest for the same task, and another for another one", () => {
    const push = { push: ["crflood.azurecr.io/flood:abc"] };
    const digest = (...steps: object[]) => images(...steps).map((image) => image["digest"]);
    expect(digest(push)).toEqual(digest(push));
    expect(digest({ build: "." }, push)).not.toEqual(digest(push));
  });

  it("needs its registry", () => {
    expect(() => new AzureStore(PLACE).create(`${REGISTRY}TaskRun`, taskRun())).toThrow(
      /^ParentResourceNotFound: /,
    );
  });
});

describe("the emulator refuses in a registry", () => {
  it.each([
    ["TaskRun", "taskRunName", "a_build"],
    ["TaskRun", "taskRunName", "four"],
    ["AgentPool", "agentPoolName", "ab"],
    ["AgentPool", "agentPoolName", "a-name-of-twenty-one-"],
  ])("a %s with the %s %s", (type, property, name) => {
    const inputs = { ...taskRun(), [property]: name };
    expect(() => storeWithRegistry().create(REGISTRY + type, inputs)).toThrow(
      `InvalidResourceName: "${name}" must be`,
    );
  });
});
