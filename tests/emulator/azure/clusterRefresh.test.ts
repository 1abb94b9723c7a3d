import { describe, expect, it } from "@jest/globals";
import { refreshedInputs } from "../../../emulator/azure/clusterRefresh";

const SYSTEM = { name: "system", mode: "System", count: 3, vmSize: "D4" };
const SCORING = {
  name: "scoring",
  mode: "User",
  count: 5,
  vmSize: "D4",
  currentOrchestratorVersion: "1.37.3",
};
const with_ = (...agentPoolProfiles: object[]) => ({
  location: "canadacentral",
  agentPoolProfiles,
});
const refreshed = (inputs: object, before: object, now: object) =>
  refreshedInputs({ ...inputs }, { ...before }, { ...now });

describe("a refreshed cluster", () => {
  it("has another pool's name in its own pool's place, and its own pool behind it", () => {
    const own = with_({ ...SYSTEM, tags: { owner: "tests" } });
    expect(refreshed(own, with_(SYSTEM), with_(SCORING, SYSTEM))).toEqual(
      with_(
        { name: "scoring", mode: "User", count: 5, vmSize: "D4", tags: { owner: "tests" } },
        SYSTEM,
      ),
    );
  });

  it("stays as it is when the next answer is the same", () => {
    const state = with_({ ...SCORING, tags: {} }, SYSTEM);
    const answer = with_(SCORING, SYSTEM);
    const { currentOrchestratorVersion: _version, ...scoring } = SCORING;
    expect(refreshed(with_(scoring, SYSTEM), answer, answer)).toEqual(with_(scoring, SYSTEM));
    expect(refreshed(state, answer, answer)).toEqual(state);
  });

  it("takes over a number that changed, and loses what is no longer answered", () => {
    const before = with_({ ...SYSTEM, taints: ["a"] });
    expect(refreshed(before, before, with_({ ...SYSTEM, count: 4 }))).toEqual(
      with_({ ...SYSTEM, count: 4 }),
    );
  });

  it("has only as many pools as are answered", () => {
    const answer = with_(SCORING, SYSTEM);
    const own = with_({ name: "scoring", mode: "User", count: 5, vmSize: "D4" }, SYSTEM);
    expect(refreshed(own, answer, with_(SYSTEM))).toEqual(with_(SYSTEM));
  });

  it("never takes over what nobody can declare", () => {
    const answer = with_({ ...SYSTEM, currentOrchestratorVersion: "1.37.4", eTag: "x" });
    expect(refreshed(with_(SYSTEM), with_(SYSTEM), answer)).toEqual(with_(SYSTEM));
  });
});
