import { describe, expect, it } from "@jest/globals";
import { withIgnored } from "../../graph/ignoreChanges";

describe("what is ignored", () => {
  it("stays as it was, at paths through objects and lists", () => {
    const before = { tags: { a: "1" }, pools: [{ count: 3, max: 5 }] };
    const after = { tags: { a: "2" }, pools: [{ count: 4, max: 6 }], gone: true };
    expect(withIgnored(["tags", "pools[0].count", "gone", "no.such.path"], before, after)).toEqual({
      tags: { a: "1" },
      pools: [{ count: 3, max: 6 }],
    });
  });
});
