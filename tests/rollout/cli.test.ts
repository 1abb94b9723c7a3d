import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { AggregateAuthenticationError, CredentialUnavailableError } from "@azure/identity";
import { UserError } from "../../errors";
import { explained } from "../../rollout/errorText";
import { reporterOn } from "../../rollout/reporter";
import { counted, describeMetrics, duration, shortNumber, stepName } from "../../rollout/format";
import { ArmError } from "../../traffic/arm";
import { NODE_OPTIONS } from "../e2e/commandLine";
import { PLAN } from "./harness";

/** Mistakes on the command line, and words. Does not prove the commands themselves. */

const PROJECT = join(__dirname, "..", "..");

describe("npm run rollout", () => {
  let state = "";
  beforeAll(() => {
    state = mkdtempSync(join(tmpdir(), "rollout-cli-"));
  });
  afterAll(() => {
    rmSync(state, { recursive: true });
  });
  const rollout = (...args: string[]) =>
    spawnSync(process.execPath, [...NODE_OPTIONS, "rollout/cli.ts", ...args], {
      cwd: PROJECT,
      encoding: "utf8",
      env: { ...process.env, MLSCORE_STATE: state, NO_COLOR: "1" },
    });

  it.each<[string, string[], string]>([
    ["an unknown command", ["begin"], "unknown command 'begin'"],
    ["a start without a canary", ["start"], "required option '--canary <name>' not specified"],
    ["no such stack", ["status", "--stack", "nowhere"], 'There is no stack "nowhere"'],
    [
      "an option for endpoints with a cluster",
      ["status", "--stack", "production", "--azure"],
      "--azure and --endpoint are for managed online endpoints",
    ],
    ["a plan without a rate of requests", ["plan"], "Name the endpoint's requests a second: --rps"],
    ["a rate that is none", ["plan", "--rps", "fast"], "It must be a number above 0."],
    [
      "a plan that is not there",
      ["plan", "--rps", "1", "--stack", "production"],
      "Pulumi.production.yaml has no mlscore:rollout",
    ],
    ["a page of no rollout", ["page", "--out", "page.html"], "No rollout of the endpoint"],
    ["nothing running", ["advance"], "No endpoint of stack sandbox runs on this machine"],
    ["a placeholder of a subscription", ["status", "--azure"], "is still the placeholder"],
  ])("ends %s with one clear message", (_what, args, words) => {
    const { status, stdout, stderr } = rollout(...args);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });

  it("prints the simulated plan of the stack, with no endpoint running", () => {
    const { status, stdout } = rollout("plan", "--rps", "10");
    expect(stdout).toContain("│ 3    │ 10 % live   │ 1800     │ 30 min       │ 0 %         │");
    expect(stdout).not.toContain("warning");
    expect(status).toBe(0);
  });

  it("lists its commands", () => {
    const { status, stdout } = rollout("--help");
    expect(status).toBe(0);
    for (const name of [
      "start",
      "status",
      "advance",
      "promote",
      "abort",
      "adopt",
      "restore",
      "retire",
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    }
  });
});

describe("faults from outside", () => {
  it.each<[string, unknown, string]>([
    [
      "a refusal",
      new ArmError(409, "Conflict", "busy"),
      "refused the request: Conflict: busy. What was done",
    ],
    ["a missing right", new ArmError(403, "AuthorizationFailed", "no"), "has no right to that"],
    ["nobody signed in", new CredentialUnavailableError("none\nmore"), "run: az login. (none)"],
    ["no credential", new AggregateAuthenticationError([], "none"), "run: az login"],
    [
      "no connection",
      Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
      "cannot be reached: connect (ECONNREFUSED)",
    ],
  ])("are explained: %s", (_what, error, words) => {
    const result = explained(error) as Error;
    expect(result).toBeInstanceOf(UserError);
    expect(result.message).toContain(words);
  });

  it("are not made of bugs and users' mistakes", () => {
    const bug = new TypeError("x is not a function");
    expect(explained(bug)).toBe(bug);
    const mistake = new UserError("no");
    expect(explained(mistake)).toBe(mistake);
  });
});

describe("the screen", () => {
  const reporter = (isTTY: boolean) => {
    const output: string[] = [];
    let now = 0;
    const out = { isTTY, columns: 10, write: (text: string) => output.push(text) };
    const created = reporterOn(out as unknown as NodeJS.WriteStream, () => now);
    return { ...created, output, wait: (ms: number) => (now += ms) };
  };

  it("overwrites progress on a terminal, within its width", () => {
    const created = reporter(true);
    created.progress("0123456789");
    created.progress("one");
    created.say("done");
    created.say("more");
    expect(created.output).toEqual([
      "\r\u001b[K012345678",
      "\r\u001b[Kone",
      "\r\u001b[K",
      "done\n",
      "more\n",
    ]);
  });

  it("prints progress now and then elsewhere", () => {
    const created = reporter(false);
    created.progress("one");
    created.wait(29_999);
    created.progress("two");
    created.wait(1);
    created.progress("three");
    expect(created.output).toEqual(["one\n", "three\n"]);
  });
});

describe("words", () => {
  it("are short and right", () => {
    expect([0, 1, 59.6, 61, 600, 5400, 7200].map(duration)).toEqual([
      ...["0 s", "1 s", "1 min", "1 min 1 s", "10 min", "1 h 30 min", "2 h"],
    ]);
    expect([1, 1.005, 1.5, 0.333, 99.999].map(shortNumber)).toEqual([
      ...["1", "1", "1.5", "0.33", "100"],
    ]);
    expect([counted(0, "a", "b"), counted(1, "a", "b")]).toEqual(["0 b", "1 a"]);
    expect(stepName(PLAN.steps, 0)).toBe("step 1 of 3 (10 % mirrored for 10 min)");
    expect(describeMetrics({ requests: 0, errors: 0, byStatus: {} })).toBe("no requests");
    expect(describeMetrics({ requests: 1, errors: 1, byStatus: { "500": 1 }, p95Ms: 1.239 })).toBe(
      "1 request, 100 % failed (500: 1), p95 1.24 ms",
    );
  });
});
