import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { ENDPOINT_DIRECTORY, sandboxSettings } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * What the real engine prints of a preview that ends with an error, and that it needs no more memory than a good one: on
 * Node 20 it needed twelve times as much (components/plainErrors.ts). Time is not measured.
 */
const MEMORY_VARIABLES = [
  "NODE_OPTIONS",
  "MLSCORE_PEAK_MEMORY",
  "MLSCORE_TEST_BUG",
  "MLSCORE_TEST_USER",
] as const;

(hasEngine() ? describe : describe.skip)("a refused preview on the real engine", () => {
  const engine = new Engine();
  const endpoint = join(engine.home, "endpoint");
  const blue = join(endpoint, "blue.yml");
  const peaks = join(engine.home, "peaks");
  const before = MEMORY_VARIABLES.map((name) => [name, process.env[name]] as const);
  let good = 0;

  beforeAll(() => {
    cpSync(ENDPOINT_DIRECTORY, endpoint, { recursive: true });
    engine.init("sandbox", sandboxSettings({ endpointDirectory: endpoint, protect: "false" }));
    process.env["NODE_OPTIONS"] = `--require ${join(__dirname, "peakMemory.cjs")}`;
    process.env["MLSCORE_PEAK_MEMORY"] = peaks;
    engine.preview("sandbox");
    good = peak();
  });
  afterEach(() => {
    Reflect.deleteProperty(process.env, "MLSCORE_TEST_BUG");
    Reflect.deleteProperty(process.env, "MLSCORE_TEST_USER");
  });
  afterAll(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    engine.dispose();
  });

  /** Peak memory of the program's last process, in KiB. */
  const peak = () => Number(readFileSync(peaks, "utf8").trim().split("\n").at(-1));

  it("names every mistake once as an error, without a stack trace", () => {
    const text = readFileSync(blue, "utf8");
    writeFileSync(
      blue,
      text.replace("instance_count:", "instance_cout:").replace("instance_type:", "instance_typo:"),
    );
    const said = engine.refusal("sandbox");
    writeFileSync(blue, text);
    expect(said.match(/^ *error: .*blue\.yml:\d+: instance_(cout|typo): /gm)).toHaveLength(2);
    expect(said).not.toMatch(/error: error:|^ +at /m);
    expect(peak()).toBeLessThan(good * 1.25);
  });

  it("tells what the program refuses after all is declared, without a stack trace", () => {
    process.env["MLSCORE_TEST_USER"] = "yes";
    const said = engine.refusal("sandbox");
    expect(said.match(/^ *error: .*it cannot do so$/gm)).toHaveLength(1);
    expect(said).not.toMatch(/error: error:|^ +at /m);
    expect(peak()).toBeLessThan(good * 1.25);
  });

  it("shows a bug with its stack", () => {
    process.env["MLSCORE_TEST_BUG"] = "yes";
    const said = engine.refusal("sandbox");
    expect(said).toMatch(/TypeError: a bug\n +at .*tests\/engine\/program\.ts/);
    expect(peak()).toBeLessThan(good * 1.25);
  });
});
