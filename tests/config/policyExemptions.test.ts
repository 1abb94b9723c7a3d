import { describe, expect, it } from "@jest/globals";
import { policyExemptions } from "../../config/policyExemptions";
import { sandboxRun } from "../stacks";

const RIGHT = {
  rule: "pods-probes",
  resource: "scoring-stable",
  owner: "insight",
  reason: "the new server has none yet",
  expires: "2026-03-31",
};

function problems(input: unknown): string[] {
  return policyExemptions.safeParse(input).error?.issues.map(({ message }) => message) ?? [];
}

describe("the setting policyExemptions", () => {
  it("is a list, and may be left out", () => {
    expect(policyExemptions.parse([RIGHT])).toEqual([RIGHT]);
    expect(policyExemptions.parse(undefined)).toEqual([]);
  });

  it("takes a day without quotes, which the engine passes on as midnight", () => {
    const expires = "2026-03-31 00:00:00 +0000 UTC";
    expect(policyExemptions.parse([{ ...RIGHT, expires }])).toEqual([RIGHT]);
  });

  it.each(["rule", "resource", "owner", "reason", "expires"])("cannot do without %s", (key) => {
    const { [key as keyof typeof RIGHT]: _gone, ...rest } = RIGHT;
    expect(problems([rest])).toEqual([expect.stringContaining("is missing; must be")]);
  });

  it.each([
    ["rule", "Pods-Probes", /must be the id of a rule/],
    ["rule", "*", /must be the id of a rule/],
    ["resource", " ", /is empty/],
    ["reason", "because", /must say why, in 10 to 500 characters/],
    ["reason", "no reason\u202e at all", /must be one line/],
    ["expires", "31.3.2026", /must be its last day/],
    ["expires", "2026-03-31 12:00:00 +0000 UTC", /must be its last day/],
    ["expires", "2026-02-30", /which is not a day of the calendar/],
    ["expires", "2026-13-01", /which is not a day of the calendar/],
    ["expires", 20260331, /put it in quotes/],
  ])("refuses %s = %s", (key, value, message) => {
    expect(problems([{ ...RIGHT, [key]: value }])).toEqual([expect.stringMatching(message)]);
  });

  it("refuses a key that it does not know, and two exemptions for the same", () => {
    expect(problems([{ ...RIGHT, until: "2026" }])).toHaveLength(1);
    expect(problems([RIGHT, { ...RIGHT, owner: "others" }])).toEqual([
      "exempts a resource from a rule twice",
    ]);
    expect(problems([RIGHT, { ...RIGHT, resource: "another" }])).toEqual([]);
  });

  it("is part of a stack's settings, and told with its line when it is wrong", async () => {
    await expect(sandboxRun({ policyExemptions: [RIGHT] })).resolves.toBeDefined();
    await expect(sandboxRun({ policyExemptions: [{ ...RIGHT, owner: "" }] })).rejects.toThrow(
      /policyExemptions\[0\]\.owner|policyExemptions\.0\.owner/,
    );
  });
});
