import { inspect } from "node:util";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { describeErrorsByStack } from "../../components/plainErrors";
import { ConfigError } from "../../errors";

beforeEach(describeErrorsByStack);
afterEach(() => {
  Reflect.deleteProperty(Error.prototype, inspect.custom);
});

/** Where Node 20 appends to a string until memory ends. */
const FRAME = "    at declare (/project/node_modules/@pulumi/stack.ts:1:2)";

it.each([
  ["a bug", new TypeError("x is not a function")],
  [
    "a refusal",
    new ConfigError([{ file: "endpoint.yml", line: 1, message: "is wrong", severity: "error" }]),
  ],
])("describes %s by its stack, with and without colours", (_, error) => {
  error.stack = `${error.name}: ${error.message}\n${FRAME}`;
  for (const colors of [true, false]) expect(inspect(error, { colors })).toBe(error.stack);
});

it("adds causes, and ends where they are a circle", () => {
  const [inner, outer] = [new Error("inner"), new Error("outer")];
  inner.stack = `Error: inner\n${FRAME}`;
  outer.stack = `Error: outer\n${FRAME}`;
  outer.cause = inner;
  expect(inspect(outer, { colors: true })).toBe(
    `Error: outer\n${FRAME}\n[cause]: Error: inner\n${FRAME}`,
  );
  inner.cause = outer;
  expect(inspect(outer, { colors: true }).match(/^(\[cause\]: )?Error:/gm)).toHaveLength(10);
});

it("leaves out what an error refers to", () => {
  const error = Object.assign(new Error("no"), { resource: { secret: "all of the stack" } });
  error.stack = "Error: no";
  expect(inspect(error, { colors: true })).toBe("Error: no");
});
