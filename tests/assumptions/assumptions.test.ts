import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { assumptionGroups, assumptions, type AssumptionId } from "../../assumptions";
import { decidingSequences, sequencesOf } from "../../conformance/document";
import { references } from "../../conformance/references";

const PROJECT = join(__dirname, "..", "..");
const ids = Object.keys(assumptions) as AssumptionId[];
const named = references(ids);

describe("an assumption", () => {
  it("has its id once, in kebab-case", () => {
    const all = Object.values(assumptionGroups).flatMap((group) => Object.keys(group));
    expect(all).toHaveLength(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)+$/.test(id))).toEqual([]);
  });

  it("says in one sentence what holds", () => {
    expect(ids.filter((id) => !/^[A-Za-z].*\.$/.test(assumptions[id].statement))).toEqual([]);
  });

  it("has something that depends on it, in files that exist", () => {
    const paths = (id: AssumptionId) => [
      ...(assumptions[id].dependents ?? []),
      ...(named.get(id) ?? []),
    ];
    expect(ids.filter((id) => paths(id).length === 0)).toEqual([]);
    const missing = ids
      .flatMap((id) => assumptions[id].dependents ?? [])
      .filter((path) => !existsSync(join(PROJECT, path)));
    expect(missing).toEqual([]);
  });

  it("lists no dependent that names its id anyway", () => {
    const twice = ids.filter((id) =>
      assumptions[id].dependents?.some((path) => named.get(id)?.includes(path) === true),
    );
    expect(twice).toEqual([]);
  });

  it("is checked by a sequence, or says how else", () => {
    const unchecked = ids.filter(
      (id) => sequencesOf(id).length === 0 && assumptions[id].check === undefined,
    );
    expect(unchecked).toEqual([]);
  });

  it("names its source unless it is unproved", () => {
    const without = ids.filter((id) => {
      const { evidence } = assumptions[id];
      return evidence.state !== "unproved" && evidence.source.length < 10;
    });
    expect(without).toEqual([]);
  });
});

it("is what every step of a sequence decides that decides anything", () => {
  const decided = decidingSequences.flatMap(({ steps }) =>
    steps.flatMap((step) => step.proves ?? []),
  );
  expect(decided.filter((id) => !(id in assumptions))).toEqual([]);
});
