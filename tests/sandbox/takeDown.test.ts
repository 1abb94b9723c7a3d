import { expect, it } from "@jest/globals";
import type { OnlineEndpointDefinition } from "../../config/types";
import type { Split } from "../../traffic/split";
import { assertDeclared, takeDown } from "../../sandbox/takeDown";
import { ArmHarness, AT_ONCE, Killed, PLACE, type CallHook } from "../armHarness";

/** Taking an endpoint's deployments down through the emulated ARM API; Azure's own timing is not proved. */

const SPLIT: Split = { traffic: { blue: 90, green: 10 }, mirrorTraffic: {} };

function harness(): ArmHarness {
  const created = new ArmHarness();
  for (const deploymentName of ["blue", "green"]) {
    created.store.create("azure-native:machinelearningservices:OnlineDeployment", {
      resourceGroupName: "rg",
      workspaceName: "ws",
      endpointName: "flood",
      deploymentName,
      location: "canadacentral",
      sku: { name: "Default", capacity: 1 },
      properties: { endpointComputeType: "Managed", instanceType: "Standard_DS2_v2" },
    });
  }
  created.setSplit(SPLIT);
  return created;
}

const deployments = ({ store }: ArmHarness) =>
  store
    .list("azure-native:machinelearningservices:OnlineDeployment")
    .map(({ inputs }) => inputs["deploymentName"]);

it("takes the traffic off first, deletes each deployment, and keeps the endpoint", async () => {
  const one = harness();
  expect(await takeDown(one.client(), PLACE, AT_ONCE)).toEqual(["blue", "green"]);
  expect(deployments(one)).toEqual([]);
  expect(one.split()).toEqual({ traffic: { blue: 0, green: 0 }, mirrorTraffic: {} });
  expect((await one.call("GET")).status).toBe(200);
  expect(await takeDown(one.client(), PLACE, AT_ONCE)).toEqual([]);
});

it("is finished by the next run wherever it was killed", async () => {
  const calls: string[] = [];
  const count: CallHook = (moment, { method }) => {
    if (method !== "GET") calls.push(`${moment} ${method}`);
  };
  await takeDown(harness().newClient(count), PLACE, AT_ONCE);
  expect(calls).toEqual(
    ["PUT", "DELETE", "DELETE"].flatMap((one) => [`before ${one}`, `after ${one}`]),
  );
  for (const [place] of calls.entries()) {
    const one = harness();
    let seen = 0;
    const killing: CallHook = (_moment, { method }) => {
      if (method !== "GET" && seen++ === place) throw new Killed();
    };
    await expect(takeDown(one.newClient(killing), PLACE, AT_ONCE)).rejects.toThrow();
    await assertDeclared(one.newClient(), PLACE, SPLIT as OnlineEndpointDefinition);
    await takeDown(one.newClient(), PLACE, AT_ONCE);
    expect(deployments(one)).toEqual([]);
  }
});

it("ends well when two do it at once", async () => {
  const one = harness();
  await Promise.all([
    takeDown(one.client(), PLACE, AT_ONCE),
    takeDown(one.client(), PLACE, AT_ONCE),
  ]);
  expect(deployments(one)).toEqual([]);
});

it("is refused while a rollout is under way, or where another split is live than the declared one", async () => {
  const one = harness();
  const declared = SPLIT as OnlineEndpointDefinition;
  await assertDeclared(one.client(), PLACE, declared);
  const other = { ...declared, traffic: { blue: 100, green: 0 } };
  await expect(assertDeclared(one.client(), PLACE, other)).rejects.toThrow(
    "the endpoint routes blue 90 %, green 10 %, and the YAML says blue 100 %",
  );
  one.store.updateEndpoint(
    one.store.list("azure-native:machinelearningservices:OnlineEndpoint")[0]?.id ?? "",
    {
      tags: { "mlscore-rollout": "green 2026" },
      properties: {},
    },
  );
  await expect(assertDeclared(one.client(), PLACE, declared)).rejects.toThrow(
    "a rollout is under way",
  );
  await expect(takeDown(one.client(), PLACE, AT_ONCE)).rejects.toThrow("a rollout is under way");
  expect(deployments(one)).toEqual(["blue", "green"]);
  expect(one.split()).toEqual(SPLIT);
});
