import { beforeEach, describe, expect, it } from "@jest/globals";
import { UserError } from "../../errors";
import { ArmError, type Arm } from "../../traffic/arm";
import type { Split } from "../../traffic/split";
import { writeEndpoint, type EndpointChange } from "../../traffic/writeEndpoint";
import { AT_ONCE, PLACE, ArmHarness } from "../armHarness";

/** Against the ARM API on the emulator, which emulates what is known of Azure; it does not prove what Azure does. */

const toBlue: Split = { traffic: { blue: 100 }, mirrorTraffic: {} };

describe("a write of the endpoint", () => {
  let armHarness: ArmHarness;
  const write = (change: Partial<EndpointChange> = {}) =>
    writeEndpoint(armHarness.newClient(), PLACE, () => ({ split: toBlue, ...change }), AT_ONCE);

  beforeEach(() => {
    armHarness = new ArmHarness({ polls: 0 });
    armHarness.deploy("blue");
    armHarness.deploy("green");
  });

  it("gives every deployment a number and leaves all else as it was", async () => {
    const before = armHarness.endpoint();
    const live = await write();
    expect(armHarness.split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
    expect(live.split).toEqual(armHarness.split());
    expect(armHarness.endpoint().outputs["tags"]).toEqual({ owner: "tests" });
    expect(armHarness.endpoint().inputs["identity"]).toEqual(before.inputs["identity"]);
    expect(armHarness.writes()).toEqual(
      ["PUT endpoint 201"].map(() => expect.stringMatching(/^PUT endpoint 20[01]$/)),
    );
  });

  it("keeps copies apart from answers", async () => {
    await write({ split: { traffic: { blue: 100 }, mirrorTraffic: { green: 10 } } });
    expect(armHarness.split()).toEqual({
      traffic: { blue: 100, green: 0 },
      mirrorTraffic: { green: 10 },
    });
  });

  it("writes nothing when all is as desired", async () => {
    await write();
    await write({ tags: { owner: "tests" } });
    expect(armHarness.writes()).toEqual([]);
  });

  it("sets and takes away tags in the same call, and keeps the others", async () => {
    await write({ tags: { rollout: "one" } });
    expect(armHarness.endpoint().outputs["tags"]).toEqual({ owner: "tests", rollout: "one" });
    await write({ tags: { rollout: undefined } });
    expect(armHarness.endpoint().outputs["tags"]).toEqual({ owner: "tests" });
    expect(armHarness.writes()).toHaveLength(1);
  });

  it("adds properties, and writes a description and the network access", async () => {
    await write({
      properties: {
        description: "floods",
        publicNetworkAccess: "Disabled",
        properties: { a: "1" },
      },
    });
    expect(armHarness.endpoint().outputs["properties"]).toMatchObject({
      authMode: "Key",
      description: "floods",
      publicNetworkAccess: "Disabled",
      properties: { a: "1" },
      traffic: { blue: 100, green: 0 },
    });
    await write({ properties: { properties: { b: "2" } } });
    expect(armHarness.endpoint().outputs["properties"]).toMatchObject({
      properties: { a: "1", b: "2" },
    });
  });

  it.each([
    ["missing", "red", undefined, "red does not exist"],
    ["failed", "red", "Failed", "red is Failed and not Succeeded"],
    ["still being made", "red", "Creating", "red is Creating and not Succeeded"],
  ])("is refused for a deployment that is %s", async (_what, name, state, message) => {
    if (state !== undefined) armHarness.deploy(name, state);
    const splits: Split[] = [
      { traffic: { [name]: 100 }, mirrorTraffic: {} },
      { traffic: { blue: 100 }, mirrorTraffic: { [name]: 10 } },
    ];
    for (const split of splits) {
      await expect(write({ split })).rejects.toThrow(
        new UserError(`traffic cannot go to a deployment that is not ready: ${message}`),
      );
      expect(armHarness.writes()).toEqual([]);
    }
  });

  it.each(["Scaling", "Updating"])("waits for a deployment that is %s", async (state) => {
    const arm = armHarness.newClient();
    let lists = 0;
    const scaled = {
      ...arm,
      async list(path: string) {
        lists += 1;
        const all = await arm.list<{ properties: object }>(path);
        const properties = { provisioningState: state };
        return lists < 3 ? all.map((one) => ({ ...one, properties })) : all;
      },
    } as Arm;
    await writeEndpoint(scaled, PLACE, () => ({ split: toBlue }), AT_ONCE);
    expect(armHarness.split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
    // Two that find it busy, the one that writes, and the one that sees it written.
    expect(lists).toBe(4);
  });

  it("gives up, as a user's matter, on a deployment that never ends scaling", async () => {
    armHarness.deploy("red", "Scaling");
    const split = { traffic: { red: 100 }, mirrorTraffic: {} };
    const error: unknown = await write({ split }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toBe(
      "traffic cannot go to a deployment that is not ready: red is Scaling and not Succeeded",
    );
    expect(armHarness.writes()).toEqual([]);
  });

  it("is refused at once where it would change a property, which Azure keeps as it is", async () => {
    await write({ properties: { properties: { a: "1", b: "2" } } });
    await expect(
      write({ properties: { properties: { a: "other", b: "2", c: "3" } } }),
    ).rejects.toThrow(
      new UserError(
        "properties of an endpoint are added and never change; put back what they were: a: 1",
      ),
    );
    expect(armHarness.writes()).toEqual([]);
  });

  it("fails when a tag does not stay, and names the tag", async () => {
    const arm = armHarness.newClient();
    const policed: Arm = {
      ...arm,
      put: async (path: string, body: object, ifMatch?: string) =>
        arm.put(path, { ...body, tags: { owner: "policy" } }, ifMatch),
    };
    const error: unknown = await writeEndpoint(
      policed,
      PLACE,
      () => ({ split: toBlue, tags: { owner: "mine", team: "ours" } }),
      AT_ONCE,
    ).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toBe(
      "tags.owner, tags.team of the endpoint was written, but was changed back; check its activity log for a policy or somebody else writes it too",
    );
  });

  it("is taken beside a failed deployment, which gets a zero", async () => {
    armHarness.deploy("red", "Failed");
    await write();
    expect(armHarness.split().traffic).toEqual({ blue: 100, green: 0, red: 0 });
  });

  it("is refused in words where there is no endpoint", async () => {
    const elsewhere = { ...PLACE, endpointName: "drought" };
    await expect(
      writeEndpoint(armHarness.newClient(), elsewhere, () => ({ split: toBlue }), AT_ONCE),
    ).rejects.toThrow(new UserError("the endpoint drought does not exist"));
  });

  it.each([
    ["another operation runs", { kind: "conflict", method: "PUT", times: 3 }],
    ["the service throttles", { kind: "throttled", retryAfterSeconds: 0, times: 2 }],
    ["the service has a problem", { kind: "internal", times: 2 }],
    ["the operation takes long", { kind: "slowOperation", polls: 5 }],
    ["the old split still shows", { kind: "staleReads", reads: 3 }],
    ["the request gets lost", { kind: "droppedConnection", moment: "before", method: "PUT" }],
    ["the answer gets lost", { kind: "droppedConnection", moment: "after", method: "PUT" }],
    ["a read gets lost", { kind: "droppedConnection", moment: "after", method: "GET", times: 2 }],
  ] as const)("gets through when %s", async (_what, fault) => {
    armHarness.fault(fault);
    await write();
    expect(armHarness.split()).toEqual({ traffic: { blue: 100, green: 0 }, mirrorTraffic: {} });
    expect(armHarness.faults.pending()).toEqual([]);
  });

  it("gets through when the endpoint is busy although the write before had succeeded", async () => {
    armHarness.fault({ kind: "busyAfterSuccess", writes: 2 });
    const arm = armHarness.newClient();
    await writeEndpoint(arm, PLACE, () => ({ split: toBlue }), AT_ONCE);
    const half: Split = { traffic: { blue: 50, green: 50 }, mirrorTraffic: {} };
    await writeEndpoint(arm, PLACE, () => ({ split: half }), AT_ONCE);
    expect(armHarness.split()).toEqual(half);
    expect(armHarness.writes()).toEqual([
      expect.stringMatching(/^PUT endpoint 20/),
      "PUT endpoint 400",
      "PUT endpoint 400",
      expect.stringMatching(/^PUT endpoint 20/),
    ]);
  });

  it("decides anew on what somebody else wrote in between", async () => {
    const seen: Split[] = [];
    const decide = (live: { split: Split }) => {
      seen.push(live.split);
      // Somebody writes after this one has read.
      if (seen.length === 1)
        armHarness.setSplit({ traffic: { blue: 0, green: 100 }, mirrorTraffic: {} });
      return { split: toBlue };
    };
    await writeEndpoint(armHarness.newClient(), PLACE, decide, AT_ONCE);
    expect(seen).toEqual([
      { traffic: {}, mirrorTraffic: {} },
      { traffic: { blue: 0, green: 100 }, mirrorTraffic: {} },
    ]);
    expect(armHarness.writes()[0]).toBe("PUT endpoint 412");
  });

  it("gives up on an endpoint that stays busy, with what Azure said", async () => {
    armHarness.fault({ kind: "conflict", method: "PUT", times: 100 });
    await expect(write()).rejects.toThrow(ArmError);
    expect(armHarness.writes()).toHaveLength(AT_ONCE.attempts);
  });

  it("tells why an operation failed, and tries it no second time", async () => {
    armHarness.fault({
      kind: "failedOperation",
      code: "InferencingClientCallFailed",
      message: "no capacity",
    });
    await expect(write()).rejects.toThrow(/InferencingClientCallFailed.*no capacity/);
    expect(armHarness.writes()).toHaveLength(1);
  });

  it("fails when the split never shows, and says both", async () => {
    armHarness.fault({ kind: "staleReads", reads: 1000 });
    await expect(write()).rejects.toThrow(
      "the split was written (blue 100 %), but the endpoint still shows no deployment gets requests",
    );
  });
});
