import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { readState, whileLocked, writeState, type LocalState } from "../../local/state";

const before = process.env["MLSCORE_STATE"];
const root = mkdtempSync(join(tmpdir(), "state-"));
const state: LocalState = {
  version: 1,
  resources: [{ type: "t", name: "n", id: "/id", inputs: { a: 1 } }],
};

beforeEach(() => {
  process.env["MLSCORE_STATE"] = mkdtempSync(join(root, "one-"));
});
afterAll(() => {
  if (before === undefined) delete process.env["MLSCORE_STATE"];
  else process.env["MLSCORE_STATE"] = before;
  rmSync(root, { recursive: true });
});

describe("the state of a stack", () => {
  it("is empty before the first run", () => {
    expect(readState("sandbox")).toEqual({ version: 1, resources: [] });
  });

  it("is read back as it was written, by its owner only, with no half-written file beside it", async () => {
    await writeState("sandbox", state);
    expect(readState("sandbox")).toEqual(state);
    expect(readdirSync(join(process.env["MLSCORE_STATE"]!, "sandbox"))).toEqual(["state.json"]);
    expect(
      statSync(join(process.env["MLSCORE_STATE"]!, "sandbox", "state.json")).mode & 0o777,
    ).toBe(0o600);
  });

  it.each([
    ["damaged", "{"],
    ["of another version", '{"version": 2, "resources": []}'],
    ["something else", "[]"],
    ["of the right shape with other content", '{"version": 1, "resources": [1, null]}'],
  ])("is refused with advice when it is %s", async (_what, text) => {
    await writeState("sandbox", state);
    writeFileSync(join(process.env["MLSCORE_STATE"]!, "sandbox", "state.json"), text);
    expect(() => readState("sandbox")).toThrow("Run: npm run local -- down");
  });

  it("has nothing beside it that a killed command did not finish, once another one begins", async () => {
    await writeState("sandbox", state);
    const folder = join(process.env["MLSCORE_STATE"]!, "sandbox");
    for (const name of ["state.json.123", "state.json.backup"])
      writeFileSync(join(folder, name), "{");
    await whileLocked("sandbox", () => Promise.resolve());
    expect(readdirSync(folder)).toEqual(["state.json", "state.json.backup"]);
  });

  it.each(["nowhere", "../local", "", ".", "a/b"])(
    "is never looked for outside its folder: %p",
    (stack) => {
      expect(() => readState(stack)).toThrow(`There is no stack "${stack}"`);
    },
  );

  it("is changed by one at a time, and free again afterwards, also after a failure", async () => {
    const refused = whileLocked("sandbox", () =>
      whileLocked("sandbox", () => Promise.resolve("never")),
    );
    await expect(refused).rejects.toThrow('changing the stack "sandbox" on this machine right now');
    await expect(whileLocked("sandbox", () => Promise.resolve("done"))).resolves.toBe("done");
  });

  it("is waited for as long as the time limit says", async () => {
    let release: () => void = () => undefined;
    const order: string[] = [];
    let hasLock: () => void = () => undefined;
    const locked = new Promise<void>((resolve) => {
      hasLock = resolve;
    });
    const first = whileLocked("sandbox", async () => {
      hasLock();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      order.push("first");
    });
    await locked;
    const refused = whileLocked("sandbox", () => Promise.resolve(), 0);
    const waiting = whileLocked("sandbox", () => Promise.resolve(order.push("second")), 60_000);
    await expect(refused).rejects.toThrow("right now");
    release();
    await Promise.all([first, waiting]);
    expect(order).toEqual(["first", "second"]);
  });
});
