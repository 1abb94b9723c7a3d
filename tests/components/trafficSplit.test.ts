import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { dynamicProvider } from "../../components/dynamicProvider";
import { trafficProvider, type TrafficInputs } from "../../components/trafficProvider";
import { UserError } from "../../errors";
import { ROLLOUT_TAG } from "../../traffic/rolloutTag";
import { withZeros, type Traffic } from "../../traffic/split";
import { AT_ONCE, deploymentId, PLACE, ArmHarness } from "../armHarness";

/** The provider on the emulated ARM API; faults of writes are in tests/traffic. */

const inputs = (changes: Partial<TrafficInputs> = {}): TrafficInputs => ({
  ...PLACE,
  traffic: { blue: 90, green: 10 },
  mirrorTraffic: {},
  settings: { tags: { owner: "tests" }, publicNetworkAccess: "Enabled", properties: {} },
  deployments: { blue: deploymentId("blue"), green: deploymentId("green") },
  ...changes,
});
const settings = (tags: Record<string, string>, others: object = {}) => ({
  ...inputs().settings,
  tags,
  ...others,
});

describe("the text that the engine keeps of the provider", () => {
  const text = dynamicProvider("trafficProvider");

  it("leads to it in a process that knows nothing but the project's folder", () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["-e", `${text}\nconsole.log(Object.keys(exports.handler()).sort().join())`],
      { cwd: join(__dirname, "..", ".."), encoding: "utf8" },
    );
    expect(stdout + stderr).toBe("create,delete,diff,read,update\n");
  });

  it("never changes, which would replace every split that was made with another", () => {
    expect(text).toBe(
      'exports.handler = () =>\n  require("tsx/cjs/api").require("./components/trafficProvider.ts", process.cwd() + "/index.ts").provider;',
    );
  });
});

describe("a difference", () => {
  const { diff } = trafficProvider(() => Promise.reject(new Error("a diff makes no calls")));
  const between = (olds: Partial<TrafficInputs>, news: Partial<TrafficInputs>) =>
    diff("id", inputs(olds), inputs(news));
  const none = { changes: false, replaces: [], deleteBeforeReplace: true };

  it("is none between equals, zeros left out or not", async () => {
    expect(await between({}, {})).toEqual(none);
    expect(await between({ traffic: { blue: 100 } }, { traffic: { blue: 100, green: 0 } })).toEqual(
      none,
    );
  });

  it.each<[string, Partial<TrafficInputs>]>([
    ["the split", { traffic: { blue: 80, green: 20 } }],
    ["copies", { mirrorTraffic: { green: 5 } }],
    ["a tag", { settings: settings({ owner: "others" }) }],
    ["a tag more", { settings: settings({ owner: "tests", more: "1" }) }],
    ["the description", { settings: settings({ owner: "tests" }, { description: "floods" }) }],
    [
      "the network access",
      { settings: settings({ owner: "tests" }, { publicNetworkAccess: "Disabled" }) },
    ],
    ["a deployment more", { deployments: { ...inputs().deployments, red: deploymentId("red") } }],
    ["a deployment less", { deployments: { blue: deploymentId("blue") } }],
  ])("in %s is an update in place", async (_what, change) => {
    expect(await between({}, change)).toEqual({ ...none, changes: true });
  });

  it.each<[keyof TrafficInputs, Partial<TrafficInputs>]>([
    ["subscriptionId", { subscriptionId: "other" }],
    ["resourceGroupName", { resourceGroupName: "other" }],
    ["workspaceName", { workspaceName: "other" }],
    ["endpointName", { endpointName: "other" }],
    ["deployments", { deployments: { ...inputs().deployments, green: "unknown" } }],
    // As the engine asks which dependents of a replaced resource have to go.
    ["deployments", { deployments: "04da6b54" as unknown as Record<string, string> }],
  ])("in %s replaces it", async (key, change) => {
    expect(await between({}, change)).toEqual({ ...none, changes: true, replaces: [key] });
  });
});

describe("the traffic's provider", () => {
  let plane: ArmHarness;
  const provider = () => trafficProvider(() => Promise.resolve(plane.newClient()), AT_ONCE);
  const live = (traffic: Traffic) => {
    plane.setSplit(withZeros({ traffic, mirrorTraffic: {} }, ["blue", "green"]));
  };
  const tags = () => plane.endpoint().outputs["tags"];

  beforeEach(() => {
    plane = new ArmHarness({ polls: 0 });
    plane.deploy("blue");
    plane.deploy("green");
  });

  it("creates it with everything that can change about the endpoint, and keeps no secret", async () => {
    const declared = inputs({
      settings: settings({ owner: "x", team: "y" }, { description: "floods" }),
    });
    const { id, outs } = await provider().create(declared);
    expect(id).toBe("flood/traffic");
    expect(outs).toEqual(declared);
    expect(plane.split()).toEqual({ traffic: { blue: 90, green: 10 }, mirrorTraffic: {} });
    expect(tags()).toEqual({ owner: "x", team: "y" });
    expect(plane.endpoint().outputs["properties"]).toMatchObject({ description: "floods" });
  });

  it("creates none over a split that somebody else wrote", async () => {
    live({ green: 100 });
    await expect(provider().create(inputs())).rejects.toThrow(UserError);
    expect(plane.split().traffic).toEqual({ blue: 0, green: 100 });
  });

  it("keeps what others tagged, and takes away what is no longer declared", async () => {
    await provider().create(inputs({ settings: settings({ owner: "x", old: "1" }) }));
    await provider().update(
      "id",
      inputs({ settings: settings({ owner: "x", old: "1" }) }),
      inputs({ settings: settings({ owner: "x", fresh: "2" }) }),
    );
    expect(tags()).toEqual({ owner: "x", fresh: "2" });
  });

  it("changes a tag without touching a split that was changed outside", async () => {
    await provider().create(inputs());
    live({ blue: 20, green: 80 });
    await provider().update("id", inputs(), inputs({ settings: settings({ owner: "new" }) }));
    expect(plane.split().traffic).toEqual({ blue: 20, green: 80 });
    expect(tags()).toEqual({ owner: "new" });
    expect(plane.writes()).toHaveLength(1);
  });

  it("refuses to overwrite what was changed outside, and writes what the refreshed state allows", async () => {
    await provider().create(inputs());
    live({ blue: 20, green: 80 });
    const desired = inputs({ traffic: { blue: 50, green: 50 } });
    await expect(provider().update("id", inputs(), desired)).rejects.toThrow(
      "live     blue 20 %, green 80 %\n  known    blue 90 %, green 10 %\n  declared blue 50 %, green 50 %",
    );
    const { props } = await provider().read("id", inputs());
    expect(props).toEqual(inputs({ traffic: { blue: 20, green: 80 } }));
    await provider().update("id", props!, desired);
    expect(plane.split().traffic).toEqual({ blue: 50, green: 50 });
  });

  it("writes no split during a rollout, but all other settings", async () => {
    await provider().create(
      inputs({ settings: settings({ owner: "tests", [ROLLOUT_TAG]: "green" }) }),
    );
    const known = inputs();
    await expect(
      provider().update("id", known, inputs({ traffic: { blue: 50, green: 50 } })),
    ).rejects.toThrow("a rollout is under way (green), so the split is not changed");
    await provider().update("id", known, inputs({ settings: settings({ owner: "new" }) }));
    expect(tags()).toEqual({ owner: "new", [ROLLOUT_TAG]: "green" });
    expect(plane.split().traffic).toEqual({ blue: 90, green: 10 });
  });

  it("reads what is live: the split, declared tags, and not what others added", async () => {
    await provider().create(inputs());
    plane.deploy("red");
    plane.setSplit({ traffic: { blue: 40, green: 0, red: 60 }, mirrorTraffic: { green: 5 } });
    const { id, props } = await provider().read("flood/traffic", inputs());
    expect(id).toBe("flood/traffic");
    expect(props).toEqual(
      inputs({ traffic: { blue: 40, green: 0, red: 60 }, mirrorTraffic: { green: 5 } }),
    );
  });

  it("reads nothing where the endpoint is gone, and deletes nothing there", async () => {
    const elsewhere = inputs({ endpointName: "gone" });
    expect(await provider().read("gone/traffic", elsewhere)).toEqual({ id: "" });
    await provider().delete("gone/traffic", elsewhere);
    expect(plane.writes()).toEqual([]);
  });

  it("sets every share to zero on deletion, copies too", async () => {
    await provider().create(
      inputs({ traffic: { blue: 100, green: 0 }, mirrorTraffic: { green: 10 } }),
    );
    await provider().delete("flood/traffic", inputs());
    expect(plane.split()).toEqual({ traffic: { blue: 0, green: 0 }, mirrorTraffic: {} });
    expect(tags()).toEqual({ owner: "tests" });
    plane.remove("blue");
    plane.remove("green");
    expect(plane.deployments()).toEqual({});
  });

  it("is not deleted under a rollout, which a replaced deployment would end silently", async () => {
    await provider().create(
      inputs({ settings: settings({ owner: "tests", [ROLLOUT_TAG]: "green" }) }),
    );
    const error: unknown = await provider()
      .delete("flood/traffic", inputs())
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain("a rollout is under way (green), so the split is not changed");
    // The host of dynamic providers would print it.
    expect((error as Error).stack).toBe("");
    expect(plane.split().traffic).toEqual({ blue: 90, green: 10 });
    expect(tags()).toEqual({ owner: "tests", [ROLLOUT_TAG]: "green" });
  });

  it("takes a rollout's mark away with it where nothing has requests any more", async () => {
    await provider().create(
      inputs({
        traffic: { blue: 0, green: 0 },
        settings: settings({ owner: "tests", [ROLLOUT_TAG]: "green" }),
      }),
    );
    await provider().delete("flood/traffic", inputs());
    expect(tags()).toEqual({ owner: "tests" });
  });
});
