import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { CreatedResource } from "../../graph/graph";
import { ENDPOINT_DIRECTORY, sandboxSettings, SUBSCRIPTION } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * A creation of the endpoint that fails, on the real engine: that its error hook is asked, and what the user reads. The answers
 * are the emulator's, as azure-native would pass them on; the engine's waits between two tries are none here.
 */

const TOKEN = "azure-native:machinelearningservices:OnlineEndpoint";

/** The endpoint's name in somebody else's workspace of the region. */
function elsewhere(): CreatedResource {
  const workspace =
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/theirs/providers/` +
    "Microsoft.MachineLearningServices/workspaces/theirs";
  const inputs = {
    resourceGroupName: "theirs",
    workspaceName: "theirs",
    endpointName: "gauge-endpoint",
    location: "canadacentral",
  };
  const id = `${workspace}/onlineEndpoints/gauge-endpoint`;
  return { token: TOKEN, id, inputs, outputs: { ...inputs, properties: {} } };
}

(hasEngine() ? describe : describe.skip)("an endpoint's name on the real engine", () => {
  const engine = new Engine();
  const endpoint = join(engine.home, "endpoint");
  const created = () =>
    engine.calls().filter((call) => /^PUT .*\/onlineEndpoints\/gauge-endpoint$/.test(call));

  beforeAll(() => {
    cpSync(ENDPOINT_DIRECTORY, endpoint, { recursive: true });
    engine.init("sandbox", sandboxSettings({ endpointDirectory: endpoint, protect: "false" }));
  });
  afterAll(() => {
    engine.dispose();
  });

  it("that is taken stops the update at the name's line, and nothing below it is made", () => {
    engine.addOutside(elsewhere());
    const message = engine.failedUp("sandbox");
    expect(message).toContain(
      `${join(endpoint, "endpoint.yml")}:2: name: is "gauge-endpoint", and`,
    );
    expect(message).toContain("most likely another endpoint in canadacentral");
    expect(message).toContain('Status=400 Code="BadRequest" Message="The request is invalid."');
    expect(message).not.toContain("retrying create");
    expect(message).not.toMatch(/\bat .*endpointCreation/);
    expect(created()).toEqual([]);
    expect(engine.resources().filter(({ id }) => id.includes("/deployments/"))).toEqual([]);
  });

  it("that is NotFound twice after a deletion is tried again until it is there", () => {
    engine.removeOutside(elsewhere().id);
    engine.fail({ kind: "notFoundAfterDeletion" }, { kind: "notFoundAfterDeletion" });
    engine.up("sandbox");
    expect(engine.pendingFaults()).toEqual([]);
    // The endpoint once, and its split with the traffic.
    expect(created()).toHaveLength(2);
    expect(engine.preview("sandbox")).toEqual([]);
  });
});
