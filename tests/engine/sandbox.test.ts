import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { valueAt } from "../../graph/paths";
import type { CreatedResource } from "../../graph/graph";
import { ENDPOINT_DIRECTORY, sandboxSettings, SUBSCRIPTION } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * The whole stack on the real Pulumi engine, with the emulator as its provider. Proves the program, its order and its
 * previews; it does not prove that Azure takes the requests.
 */

(hasEngine() ? describe : describe.skip)("the sandbox stack on the real engine", () => {
  const engine = new Engine();
  const endpoint = join(engine.home, "endpoint");
  const settings = (changes: Record<string, unknown> = {}) =>
    sandboxSettings({ endpointDirectory: endpoint, protect: "false", ...changes });
  const preview = () => engine.preview("sandbox");
  const liveEndpoint = () => {
    const found = engine
      .resources()
      .filter(({ id }) => id.endsWith("/onlineEndpoints/gauge-endpoint"));
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const liveSplit = () => valueAt(liveEndpoint().outputs, "properties.traffic");
  /** What was asked for under the endpoint, in short: `PUT blue`, `PUT endpoint`. */
  const writes = () =>
    engine
      .calls()
      .filter((call) =>
        /^(PUT|PATCH|DELETE) .*\/onlineEndpoints\/[^/]+(\/deployments\/[^/]+)?$/.test(call),
      )
      .map((call) => call.replace(/ .*\/deployments\//, " ").replace(/ \/.*/, " endpoint"));
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(endpoint, file);
    const text = readFileSync(path, "utf8");
    expect(change(text)).not.toBe(text);
    writeFileSync(path, change(text));
  };
  let createdBy: string[] = [];

  beforeAll(() => {
    cpSync(ENDPOINT_DIRECTORY, endpoint, { recursive: true });
    engine.init("sandbox", settings());
    engine.up("sandbox");
    createdBy = engine.calls();
  });
  afterAll(() => {
    engine.dispose();
  });

  it("ends with the endpoint, both deployments and the traffic in place", () => {
    const resources = engine.resources();
    const tokens = resources.map(({ token }) => token.split(":").at(-1));
    expect(tokens.filter((token) => token === "OnlineDeployment")).toHaveLength(2);
    expect(liveSplit()).toEqual({ blue: 90, green: 10 });
  });

  it("asks Azure for grants, the endpoint, its deployments one by one, and the traffic last", () => {
    const order = createdBy.filter((call) => call.startsWith("PUT ")).map((call) => call.slice(4));
    const places = (end: string) => order.flatMap((id, place) => (id.endsWith(end) ? [place] : []));
    const [created = -1, split = -1, ...more] = places("/onlineEndpoints/gauge-endpoint");
    expect(more).toEqual([]);
    const grants = order.flatMap((id, index) => (id.includes("/roleAssignments/") ? [index] : []));
    expect(grants).toHaveLength(4);
    expect(Math.max(...grants)).toBeLessThan(created);
    const [blue = -1] = places("/deployments/blue");
    const [green = -1] = places("/deployments/green");
    expect(created).toBeLessThan(blue);
    expect(blue).toBeLessThan(green);
    expect(green).toBeLessThan(split);
    expect(split).toBe(order.length - 1);
  });

  it("previews no change after an update", () => {
    expect(preview()).toEqual([]);
  });

  it("previews a tag as an update in place: nothing is replaced, traffic is untouched", () => {
    engine.configure("sandbox", settings({ tags: { owner: "somebody else" } }));
    const changes = preview();
    engine.configure("sandbox", settings());
    expect(changes).toEqual([
      "update endpoint-blue",
      "update endpoint-green",
      "update endpoint-identity",
      "update endpoint-traffic",
      "update monitoring-dashboard",
      "update observability-application-insights",
      "update observability-log-analytics",
      "update registry",
      "update workspace",
      "update workspace-key-vault",
      "update workspace-storage",
    ]);
  });

  it("refuses another subscription without a stack trace", () => {
    const other = "99999999-2222-3333-4444-555555555555";
    engine.configure("sandbox", settings({ "azure-native:subscriptionId": other }));
    const message = engine.refusal("sandbox");
    engine.configure("sandbox", settings());
    expect(message).toContain(`is ${other} (Test), but azure-native uses ${SUBSCRIPTION}`);
    expect(message).not.toContain("    at ");
  });

  it("keeps secrets out of the exported state", () => {
    expect(engine.exported("sandbox")).not.toContain("hunter2");
  });

  it("grants sending before it tells deployments to send, and keeps where to out of the state", () => {
    engine.configure("sandbox", settings({ telemetry: "azure_monitor" }));
    expect(preview()).toEqual([
      "create endpoint-metrics-publisher",
      "update endpoint-blue",
      "update endpoint-green",
    ]);
    engine.calls();
    engine.up("sandbox");
    const puts = engine
      .calls()
      .filter((call) => /^PUT .*\/(roleAssignments|deployments)\//.test(call));
    expect(
      puts.map((call) => call.replace(/.*\/(components\/[^/]*|deployments\/\w*).*/, "$1")),
    ).toEqual(["components/appi-flood-0d1782", "deployments/blue", "deployments/green"]);
    const blue = engine.resources().find(({ id }) => id.endsWith("/deployments/blue"))!;
    expect(valueAt(blue.outputs, "properties.environmentVariables")).toMatchObject({
      TELEMETRY: "azure_monitor",
      APPLICATIONINSIGHTS_CONNECTION_STRING: { secretSha256: expect.anything() as unknown },
      AZURE_CLIENT_ID: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });
    expect(engine.exported("sandbox")).not.toContain("InstrumentationKey=");
    expect(preview()).toEqual([]);

    engine.configure("sandbox", settings());
    engine.up("sandbox");
    expect(writes()).toEqual(["PUT blue", "PUT green"]);
    expect(preview()).toEqual([]);
  });

  it("changes a tag without a moment in which the endpoint has no split", () => {
    engine.configure("sandbox", settings({ tags: { owner: "somebody else" } }));
    engine.up("sandbox");
    expect(writes()).toEqual(["PUT blue", "PUT green", "PUT endpoint"]);
    expect(liveSplit()).toEqual({ blue: 90, green: 10 });
    expect(liveEndpoint().outputs["tags"]).toEqual({ owner: "somebody else", domain: "hydrology" });
    expect(preview()).toEqual([]);
  });

  it("leaves a split that somebody changed outside, and asks when another one is desired", () => {
    const { id } = liveEndpoint();
    const outside = { blue: 30, green: 70 };
    engine.changeOutside(id, withTraffic(outside));
    expect(preview()).toEqual([]);
    engine.configure("sandbox", settings({ tags: { owner: "a third one" } }));
    engine.up("sandbox");
    expect(liveSplit()).toEqual(outside);

    edit("endpoint.yml", (text) =>
      text.replace("blue: 90", "blue: 50").replace("green: 10", "green: 50"),
    );
    const refusal = engine.failedUp("sandbox");
    expect(refusal).toContain("the endpoint's split was changed outside and is not overwritten");
    expect(refusal).toContain("live     blue 30 %, green 70 %");
    expect(liveSplit()).toEqual(outside);

    expect(engine.refresh("sandbox")).toMatch(/blue *: 90 => 30/);
    expect(preview()).toEqual(["update endpoint-traffic"]);
    engine.up("sandbox");
    expect(liveSplit()).toEqual({ blue: 50, green: 50 });
  });

  it("writes no split during a rollout", () => {
    const { id } = liveEndpoint();
    const tagged = (tags: Record<string, string>) => {
      engine.changeOutside(id, (created) => ({
        ...created,
        outputs: { ...created.outputs, tags: { ...(created.outputs["tags"] as object), ...tags } },
      }));
    };
    tagged({ "mlscore-rollout": "green, step 1" });
    edit("endpoint.yml", (text) =>
      text.replace("blue: 50", "blue: 40").replace("green: 50", "green: 60"),
    );
    expect(engine.failedUp("sandbox")).toContain("a rollout is under way (green, step 1)");
    expect(liveSplit()).toEqual({ blue: 50, green: 50 });
    edit("endpoint.yml", (text) =>
      text.replace("blue: 40", "blue: 50").replace("green: 60", "green: 50"),
    );
    engine.changeOutside(id, (created) => {
      const { "mlscore-rollout": _rollout, ...tags } = created.outputs["tags"] as Record<
        string,
        string
      >;
      return { ...created, outputs: { ...created.outputs, tags } };
    });
    expect(preview()).toEqual([]);
  });

  it("leaves an instance count that somebody changed outside, and shows it", () => {
    const blue = `${liveEndpoint().id}/deployments/blue`;
    engine.changeOutside(blue, (created) => ({
      ...created,
      outputs: { ...created.outputs, sku: { name: "Default", tier: "Standard", capacity: 5 } },
    }));
    expect(preview()).toEqual(["update endpoint-blue"]);
    engine.configure("sandbox", settings({ tags: { owner: "tests" } }));
    engine.up("sandbox");
    const { outputs } = engine.resources().find(({ id }) => id === blue)!;
    expect(valueAt(outputs, "sku.capacity")).toBe(5);
    expect(preview()).toEqual([]);
    edit("blue.yml", (text) => text.replace("instance_count: 2", "instance_count: 3"));
    engine.up("sandbox");
    const after = engine.resources().find(({ id }) => id === blue)!;
    expect(valueAt(after.outputs, "sku.capacity")).toBe(3);
  });

  it("moves the traffic before it deletes a deployment, and makes one before it gets traffic", () => {
    engine.calls();
    const green = readFileSync(join(endpoint, "green.yml"), "utf8");
    rmSync(join(endpoint, "green.yml"));
    edit("endpoint.yml", (text) =>
      text.replace("blue: 50", "blue: 100").replace(/ *green: 50\n/, ""),
    );
    engine.up("sandbox");
    expect(writes()).toEqual(["PUT endpoint", "DELETE green"]);
    expect(liveSplit()).toEqual({ blue: 100, green: 0 });

    writeFileSync(join(endpoint, "red.yml"), green.replaceAll("green", "red"));
    edit("endpoint.yml", (text) => text.replace("blue: 100", "blue: 0\n  red: 100"));
    engine.up("sandbox");
    expect(writes()).toEqual(["PUT red", "PUT endpoint"]);
    expect(liveSplit()).toMatchObject({ blue: 0, red: 100 });
  });

  it("sets a deployment's traffic to zero before it is replaced, and back after", () => {
    edit("red.yml", (text) => `${text}egress_public_network_access: disabled\n`);
    expect(preview()).toEqual(["replace endpoint-red", "replace endpoint-traffic"]);
    engine.up("sandbox");
    expect(writes()).toEqual(["PUT endpoint", "DELETE red", "PUT red", "PUT endpoint"]);
    expect(liveSplit()).toMatchObject({ blue: 0, red: 100 });
  });

  it("updates only the traffic when only the split changes, and removes traffic first on destroy", () => {
    edit("endpoint.yml", (text) =>
      text.replace("blue: 0", "blue: 100").replace("red: 100", "red: 0"),
    );
    expect(preview()).toEqual(["update endpoint-traffic"]);
    engine.up("sandbox");
    expect(writes()).toEqual(["PUT endpoint"]);
    expect(liveSplit()).toMatchObject({ blue: 100, red: 0 });

    engine.destroy("sandbox");
    const [first, ...others] = writes();
    expect(first).toBe("PUT endpoint");
    expect(others.sort()).toEqual(["DELETE blue", "DELETE endpoint", "DELETE red"]);
    expect(engine.resources()).toEqual([]);
  });
});

/** The resource with another split, as somebody else writes it. */
function withTraffic(traffic: Record<string, number>) {
  return (created: CreatedResource): CreatedResource => ({
    ...created,
    outputs: {
      ...created.outputs,
      properties: { ...(created.outputs["properties"] as object), traffic },
    },
  });
}
