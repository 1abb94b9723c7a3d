import { describe, expect, it } from "@jest/globals";
import { trafficSince, type LiveTraffic, type TrafficEvidence } from "../../components/soak";

const ID = "a".repeat(64);
const OTHER = "b".repeat(64);
const NOW = "2026-11-23T12:00:00.000Z";
const ADDED = "2026-11-01T00:00:00Z";
const SINCE = "2026-11-05T00:00:00Z";

const live = (
  traffic: Record<string, number>,
  mirrorTraffic: Record<string, number> = {},
  tags: Record<string, string> = {},
): LiveTraffic => ({ split: { traffic, mirrorTraffic }, tags });
const HALVES = { traffic: { blue: 50, green: 50 }, mirrorTraffic: {} };

/** Blue and green have half of the traffic each, declared and live; green runs the release, with traffic for days. */
const STEADY: TrafficEvidence = {
  before: {
    blue: { id: OTHER, since: ADDED, trafficSince: ADDED },
    green: { id: ID, since: ADDED, trafficSince: SINCE },
  },
  declaredBefore: HALVES,
  live: live(HALVES.traffic),
  declared: HALVES,
  now: new Date(NOW),
};
const since = (changes: Partial<TrafficEvidence> = {}, deployments = ["green"]) =>
  trafficSince(ID, deployments, { ...STEADY, ...changes });
const untold = { ...STEADY.before, green: { id: ID, since: ADDED } };

describe("since when a release has traffic", () => {
  it("is kept while declared and live split give it some", () => {
    expect(since()).toBe(SINCE);
  });

  it("is the update that gives it some, when it had none", () => {
    const none = { traffic: { blue: 100, green: 0 }, mirrorTraffic: {} };
    const evidence = { before: untold, declaredBefore: none, live: live(none.traffic) };
    expect(since(evidence)).toBe(NOW);
  });

  it("is the first update, when nothing is there yet", () => {
    expect(since({ before: {}, declaredBefore: undefined, live: undefined })).toBe(NOW);
  });

  it("begins anew when the traffic was gone meanwhile", () => {
    const none = { traffic: { blue: 100, green: 0 }, mirrorTraffic: {} };
    expect(since({ declaredBefore: none, live: live(none.traffic) })).toBe(NOW);
  });

  it("begins anew with another release in the same deployment", () => {
    const before = { ...STEADY.before, green: { id: OTHER, since: ADDED, trafficSince: SINCE } };
    expect(since({ before })).toBe(NOW);
  });

  it("goes with the release into a deployment of another name", () => {
    const declared = { traffic: { blue: 50, pink: 50 }, mirrorTraffic: {} };
    expect(since({ declared }, ["pink"])).toBe(SINCE);
  });

  it("counts mirrored requests like live requests", () => {
    const copies = { traffic: { blue: 100, green: 0 }, mirrorTraffic: { green: 10 } };
    const mirrored = live(copies.traffic, copies.mirrorTraffic);
    expect(since({ declaredBefore: copies, declared: copies, live: mirrored })).toBe(SINCE);
  });
});

describe("a release has no traffic", () => {
  it.each([
    [
      "when the update takes it away",
      { declared: { ...HALVES, traffic: { blue: 100, green: 0 } } },
    ],
    ["when somebody took it away outside", { live: live({ blue: 100, green: 0 }) }],
    [
      "when only somebody outside gave it some, which a refresh would undo",
      {
        declaredBefore: { ...HALVES, traffic: { blue: 100 } },
        declared: { ...HALVES, traffic: { blue: 100 } },
      },
    ],
  ])("%s", (_what, changes) => {
    expect(since(changes)).toBeUndefined();
  });

  it("when no deployment runs it any more", () => {
    expect(since({}, [])).toBeUndefined();
  });
});

describe("a rollout", () => {
  const idle = { traffic: { blue: 100, green: 0 }, mirrorTraffic: {} };
  const AT = "2026-11-10T00:00:00.000Z";
  const promoted = (tag: string, more: Partial<TrafficEvidence> = {}) =>
    since({
      before: untold,
      declaredBefore: idle,
      declared: { traffic: { blue: 0, green: 100 }, mirrorTraffic: {} },
      live: live({ blue: 0, green: 100 }, {}, { "mlscore-promoted": tag }),
      ...more,
    });

  it("under way gives traffic although the YAML does not, since no update changes that", () => {
    const tags = { "mlscore-rollout": "green 1" };
    const evidence = { declaredBefore: idle, declared: idle, before: untold };
    expect(since({ ...evidence, live: live({ blue: 90, green: 10 }, {}, tags) })).toBe(NOW);
    expect(since({ ...evidence, live: live({ blue: 100, green: 0 }, {}, tags) })).toBeUndefined();
  });

  it("that promoted the release says since when", () => {
    expect(promoted(`green ${AT}`)).toBe(AT);
  });

  it("gives way to an update that saw the traffic before", () => {
    expect(promoted(`green ${AT}`, { before: STEADY.before })).toBe(SINCE);
  });

  it.each([
    ["promoted another deployment", `blue ${AT}`],
    ["promoted what the deployment ran before", "green 2026-10-01T00:00:00.000Z"],
    ["left no date", "green"],
    ["left something else", `green ${AT} too`],
  ])("that %s does not count", (_what, tag) => {
    expect(promoted(tag)).toBe(NOW);
  });
});
