import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { EndpointStatus } from "../../local/endpoint";
import { ENDPOINT_DIRECTORY } from "../stacks";
import { CommandLine } from "./commandLine";

/** The commands of the README with real scoring processes. The Python environment is made the first time. */

describe("npm run local", () => {
  const cli = new CommandLine();
  const directory = mkdtempSync(join(tmpdir(), "request-"));
  const request = join(directory, "request.json");
  beforeAll(() => {
    writeFileSync(request, '{"data": [1, 2.5]}');
    const { status: exit, stderr } = cli.local("up", "--detach", "--endpoint", ENDPOINT_DIRECTORY);
    if (exit !== 0) throw new Error(stderr);
  });
  afterAll(() => {
    cli.remove();
    rmSync(directory, { recursive: true });
  });

  it("answers with both deployments, a folder model and a file model", () => {
    for (const deployment of ["blue", "green"]) {
      const answer = cli.local("invoke", "--request", request, "--deployment", deployment);
      expect(answer).toEqual({
        status: 0,
        stdout: "[2, 5.0]\n",
        stderr: `HTTP 200 from ${deployment}\n`,
      });
    }
  });

  it("is asked by the sample request beside the YAML, where no file is named", () => {
    const before = cli.local("invoke", "--endpoint", directory, "--deployment", "green");
    expect(before).toMatchObject({ status: 1, stdout: "" });
    expect(before.stderr).toContain("has no sample-request.json; name a file with --request");
    writeFileSync(join(directory, "sample-request.json"), '{"data": [2]}');
    expect(cli.local("invoke", "--endpoint", directory, "--deployment", "green")).toEqual({
      status: 0,
      stdout: "[4]\n",
      stderr: "HTTP 200 from green\n",
    });
  });

  it("shows in its status what the YAML says", () => {
    const { stdout } = cli.local("status", "--json");
    const { name, traffic, deployments } = JSON.parse(stdout) as EndpointStatus;
    expect({ name, traffic }).toEqual({ name: "gauge-endpoint", traffic: { blue: 90, green: 10 } });
    expect(deployments.map((one) => [one.name, one.state, one.instances.length])).toEqual([
      ["blue", "ready", 2],
      ["green", "ready", 1],
    ]);
  });

  it("prints the end of one deployment's log", () => {
    const { stdout } = cli.local("logs", "green");
    expect(stdout).toContain("==> green, instance 0");
    expect(stdout).not.toContain("==> blue");
    expect(cli.local("logs", "purple")).toMatchObject({
      status: 1,
      stderr: 'There is no deployment "purple"; there are: blue, green.\n',
    });
  });

  it("captures requests of callers, and compares the answers to them when they are sent again", () => {
    const file = join(cli.state, "sandbox", "endpoint", "captured.jsonl");
    const ask = () => cli.local("invoke", "--request", request, "--deployment", "blue").status;
    expect(ask()).toBe(0);
    expect(existsSync(file)).toBe(false);
    expect(cli.local("capture", "on").stdout).toContain("Requests are captured.");
    expect([ask(), ask()]).toEqual([0, 0]);

    const again = cli.local("replay", file, "--against", "green");
    expect(again.stdout).toContain("same: 2, different: 0, not compared: 0");
    expect(again.status).toBe(0);
    const kept = readFileSync(file, "utf8");
    // Neither that of `replay` itself nor any before.
    expect(kept.trimEnd().split("\n")).toHaveLength(2);
    expect(kept).not.toMatch(/authorization|bearer/i);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(cli.local("capture", "off").stdout).toContain("Capturing is off.");
    expect(ask()).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(kept);

    const other = join(directory, "other.jsonl");
    writeFileSync(other, kept.replace("5.0", "6.0"));
    const differs = cli.local("replay", other, "--against", "green");
    expect(differs.stdout).toContain("same: 1, different: 1, not compared: 0");
    expect(differs.stdout).toContain("line 1 $[1]: 5 instead of 6");
    expect(differs.status).toBe(1);
    writeFileSync(other, `${kept}nonsense\n`);
    expect(cli.local("replay", other, "--against", "green")).toEqual({
      status: 1,
      stdout: "",
      stderr: `error: ${other}:3: is not JSON; each line is a request that \`capture\` has kept\n`,
    });
  });

  it("stops without leaving a process or a file", () => {
    expect(cli.processes()).not.toEqual([]);
    expect(cli.local("down")).toMatchObject({ status: 0, stdout: "Stopped.\n" });
    expect(cli.processes()).toEqual([]);
    expect(readdirSync(join(cli.state, "sandbox"))).toEqual([]);
    expect(cli.local("down").stdout).toBe("Nothing of stack sandbox was running.\n");
  });
});

describe("npm start", () => {
  it("runs until Ctrl-C and then leaves nothing behind", async () => {
    const cli = new CommandLine();
    const running = cli.start("--endpoint", ENDPOINT_DIRECTORY);
    let output = "";
    for await (const chunk of running.stdout) {
      output += String(chunk);
      if (output.includes("Running until Ctrl-C.")) break;
    }
    expect(output).toMatch(/Scoring URI +http:\/\/127\.0\.0\.1:\d+\/score/);
    expect(output).toMatch(/Key +\S{20,}/);
    expect(output).toMatch(
      /Status page, by a link that works once:\n {2}http:\/\/127\.0\.0\.1:\d+\/_status\/enter\?code=[\w-]{43}\n/,
    );
    running.kill("SIGINT");
    const [code] = (await once(running, "exit")) as [number];
    expect(code).toBe(0);
    expect(cli.processes()).toEqual([]);
    cli.remove();
  });
});

describe("mistakes", () => {
  const cli = new CommandLine();
  afterAll(() => {
    cli.remove();
  });

  it.each([
    ["no such stack", ["up", "--stack", "nowhere"], "There is no stack"],
    ["a folder that is not there", ["up", "--endpoint", "/no/such"], "/no/such"],
    ["nothing running", ["status"], "No endpoint of stack sandbox runs"],
    [
      "nothing to ask",
      ["invoke", "--request", "package.json"],
      "No endpoint of stack sandbox runs",
    ],
    ["an unknown command", ["upp"], "unknown command 'upp'"],
    ["an unknown option", ["up", "--detached"], "unknown option '--detached'"],
    ["a port that is none", ["up", "--port", "many"], "whole number from 1 to 65535"],
  ])("end with one clear message: %s", (_what, args, words) => {
    const { status, stderr, stdout } = cli.local(...args);
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(cli.processes()).toEqual([]);
  });

  it("leave a rendered folder untouched", () => {
    const out = mkdtempSync(join(tmpdir(), "rendered-"));
    writeFileSync(join(out, "resources.json"), "before");
    const args = ["--stack", "sandbox", "--out", out];
    expect(cli.render(...args, "--endpoint", "/no/such").status).toBe(1);
    expect(readdirSync(out)).toEqual(["resources.json"]);
    expect(readFileSync(join(out, "resources.json"), "utf8")).toBe("before");
    expect(cli.render(...args, "--endpoint", ENDPOINT_DIRECTORY).status).toBe(0);
    expect(readdirSync(out).sort()).toEqual([".rendered.json", "arm.json", "resources.json"]);
    const text =
      readFileSync(join(out, "resources.json"), "utf8") +
      readFileSync(join(out, "arm.json"), "utf8");
    expect(text).not.toContain("hunter2");
    rmSync(out, { recursive: true });
  });
});
