import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { processes } from "../local/endpoint/support/endpoint";

/** The demonstration as users run it, without npm. It proves nothing about its duration, which the machine decides. */

const PROJECT = join(__dirname, "..", "..");

describe("npm run demo:canary", () => {
  let folder = "";
  let temporary = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "demo-"));
    // Python's own temporary files of a server that is killed would be found there too.
    temporary = join(folder, "tmp");
    mkdirSync(temporary);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** @param interruptAt SIGINT is sent when this has been printed */
  async function demo(interruptAt?: RegExp) {
    const child = spawn(process.execPath, ["--import", "tsx", "rollout/demo/canary.ts"], {
      cwd: PROJECT,
      // A state folder that the demonstration must leave alone.
      env: { ...process.env, TMPDIR: temporary, MLSCORE_STATE: join(folder, "users") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => {
      stdout += String(text);
      if (interruptAt?.test(stdout) === true) child.kill("SIGINT");
    });
    child.stderr.on("data", (text) => (stderr += String(text)));
    const [status] = (await once(child, "close")) as [number | null];
    return { status, stdout, stderr };
  }

  function expectNothingLeft() {
    expect(processes().filter((line) => line.includes(temporary))).toEqual([]);
    expect(readdirSync(temporary).filter((name) => name.startsWith("mlscore"))).toEqual([]);
    expect(existsSync(join(folder, "users"))).toBe(false);
  }

  it("promotes a good canary, rolls a bad one back, and leaves nothing", async () => {
    const { status, stdout, stderr } = await demo();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const [, summary = ""] = stdout.split("── What happened ");
    const words = summary.replaceAll(/\s+/g, " ");
    expect(words).toMatch(
      /compact was promoted: it passed the gate of each step\. before compact 0 %, multi-model 100 % after compact 100 %, multi-model 0 % callers \d+ requests, none failed/,
    );
    expect(words).toMatch(
      /multi-model was rolled back: step [23] of 3 .* failed its gate: .*before compact 100 %, multi-model 0 % reached .* after compact 100 %, multi-model 0 %/,
    );
    expectNothingLeft();
  });

  it.each([
    ["while it begins", /on this machine/],
    ["when the first deployment is ready", /✔/],
    ["while a gate watches", /Watching step 1/],
  ])("leaves nothing when Ctrl-C comes %s", async (_when, moment) => {
    const { status, stdout, stderr } = await demo(moment);
    expect(stdout).toMatch(moment);
    expect({ status, stderr }).toEqual({ status: 130, stderr: "\nStopping the endpoint …\n" });
    expectNothingLeft();
  });
});
