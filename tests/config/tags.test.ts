import { describe, expect, it } from "@jest/globals";
import { productionTags, sandboxTags } from "../../config/tags";
import { faults } from "./production/harness";

/** Does not prove that Azure takes what is accepted here: the rules are those of its documentation. */

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, "x"]));

function faultsOf(schema: typeof sandboxTags, input: unknown): string[] {
  const result = schema.safeParse(input);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join()}: ${message}`);
}

describe.each([
  ["a sandbox", sandboxTags, 50],
  ["production", productionTags, 15],
])("tags of %s", (_stack, schema, most) => {
  it(`are ${most} at most`, () => {
    expect(faultsOf(schema, many(most))).toEqual([]);
    expect(faultsOf(schema, many(most + 1))).toEqual([
      `: has ${most + 1} tags; resources of this stack can have ${most} at most`,
    ]);
  });

  it("are as long as the strictest resource takes them", () => {
    expect(faultsOf(schema, { ["n".repeat(128)]: "v".repeat(256) })).toEqual([]);
    expect(faultsOf(schema, { ["n".repeat(129)]: "v" })).toEqual([
      `${"n".repeat(129)}: has a name of 129 characters; storage accounts take 128`,
    ]);
    expect(faultsOf(schema, { n: "v".repeat(257) })).toEqual([
      "n: has more than 256 characters, Azure's limit for the value of a tag",
    ]);
  });

  it.each([
    "a<b",
    "a>b",
    "a%b",
    "a&b",
    "a\\b",
    "a?b",
    "a/b",
    "",
    " ",
    "azureOwner",
    "Microsoft",
    "WINDOWS-x",
  ])("are not called %j", (name) => {
    expect(faultsOf(schema, { [name]: "x" })).toHaveLength(1);
  });

  it("are told apart without regard to case", () => {
    expect(faultsOf(schema, { owner: "a", Owner: "b" })).toEqual([
      "Owner: is the same tag as owner; case does not count",
    ]);
  });

  it("may be called as what objects have by themselves", () => {
    expect(schema.parse({ constructor: "x", toString: "y" })).toEqual({
      constructor: "x",
      toString: "y",
    });
  });
});

describe("names of tags", () => {
  it.each(["cost center", "1st", "team:a", "équipe"])("are stricter in production: %s", (name) => {
    expect(faultsOf(sandboxTags, { [name]: "x" })).toEqual([]);
    expect(faultsOf(productionTags, { [name]: "x" })).toEqual([
      `${name}: cannot be the name of a tag on private DNS zones; it has letters, digits or -_. and begins with a letter`,
    ]);
  });

  it("are not lost in silence", async () => {
    expect(await faults({ tags: JSON.parse('{"__proto__": "x", "owner": "y"}') })).toEqual([
      "tags.__proto__: cannot be a name; choose another one",
    ]);
  });
});
