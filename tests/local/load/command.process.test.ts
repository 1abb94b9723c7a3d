import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { CommandLine, NODE_OPTIONS } from "../../e2e/commandLine";
import {
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  startEndpoint,
} from "../endpoint/support/endpoint";
import { until } from "../endpoint/support/router";

describe("npm run local -- load", () => {
  const cli = new CommandLine();
  const requests = mkdtempSync(join(tmpdir(), "requests-"));
  const folder = join(cli.state, "sandbox", "endpoint");

  beforeAll(() => {
    writeFileSync(join(requests, "one.json"), '{"sleep": 0}');
    writeFileSync(join(requests, "two.json"), '{"length": 10}');
  });
  afterEach(closeAndExpectNothingLeft);
  afterAll(() => {
    cli.remove();
    rmSync(requests, { recursive: true });
  });

  async function started() {
    mkdirSync(folder, { recursive: true });
    const test = await startEndpoint({ folder });
    const spare = { maxConcurrentRequestsPerInstance: 100 };
    await test.apply(
      endpoint([deployment("blue", spare), deployment("green", spare)], { blue: 50, green: 50 }),
    );
    return test;
  }

  it("counts what the router counts, by deployment and status", async () => {
    const test = await started();
    const done = await cli.beside(
      "local/cli.ts",
      ...["load", "--rps", "40", "--for", "2s", "--requests", requests],
    );
    expect(done.status).toBe(0);
    expect(done.stderr).toContain(`40 requests a second to http://127.0.0.1:`);
    expect(done.stdout).toContain("Requests: 80 due, 80 answered.");
    for (const name of ["blue", "green"]) {
      const { byStatus, requests: count } = test.status(name).metrics;
      expect(byStatus).toEqual({ 200: count });
      expect(done.stdout).toContain(`${name}: 200: ${count}\n`);
    }
  });

  it("ends at Ctrl-C with what was counted so far", async () => {
    const test = await started();
    const command = ["local/cli.ts", "load", "--rps", "50", "--for", "1h", "--requests", requests];
    const child = spawn(process.execPath, [...NODE_OPTIONS, ...command], {
      env: { ...process.env, MLSCORE_STATE: cli.state },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let printed = "";
    child.stdout.on("data", (text) => (printed += String(text)));
    const answered = () =>
      test.status("blue").metrics.requests + test.status("green").metrics.requests;
    await until(() => answered() >= 20);
    child.kill("SIGINT");
    const [status] = (await once(child, "close")) as [number | null];
    expect(status).toBe(130);
    const counted = Number(/(\d+) answered/.exec(printed)?.[1]);
    expect(counted).toBeGreaterThanOrEqual(1);
    expect(counted).toBeLessThanOrEqual(answered());
    expect(printed).toMatch(/^all +\d+ +100 %/m);
  });

  it("refuses what it cannot do before it sends anything", async () => {
    const none = mkdtempSync(join(tmpdir(), "no-requests-"));
    const load = (...args: string[]) => cli.beside("local/cli.ts", "load", ...args);
    const refusals: [string[], string][] = [
      [["--rps", "5"], "required option '--for <duration>' not specified"],
      [["--rps", "0", "--for", "1s"], "It must be a number above 0"],
      [["--rps", "x", "--for", "1s"], "It must be a number above 0"],
      [["--rps", "10001", "--for", "1s"], "10000 at most"],
      [["--rps", "5", "--for", "10"], "a time such as 30s, 2m or 1h"],
      [["--rps", "5", "--for", "25h"], "24h at most"],
      [["--rps", "5", "--for", "1s", "--in-flight", "1001"], "from 1 to 1000"],
      [["--rps", "5", "--for", "1s", "--requests", none], `${none} is not a folder with .json`],
      [["--rps", "5", "--for", "1s"], "No endpoint of stack sandbox runs on this machine."],
    ];
    for (const [args, message] of refusals) {
      const done = await load(...args);
      expect(done).toMatchObject({ status: 1, stdout: "" });
      expect(done.stderr).toContain(message);
    }
    rmSync(none, { recursive: true });
  });
});
