import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { connectSupervisor } from "../../local/endpoint";
import { CommandLine, NODE_OPTIONS } from "../e2e/commandLine";
import { copyProject } from "../e2e/projectCopy";
import { callEndpoint } from "../local/endpoint/support/router";
import { ENDPOINT_DIRECTORY, SUBSCRIPTION } from "../stacks";

/** The commands of `npm run sandbox` on an endpoint that really runs on this machine. */

const SETTINGS = `config:
  # A comment that stays.
  mlscore:target: sandbox
  azure-native:subscriptionId: ${SUBSCRIPTION}
  mlscore:resourceGroup: {name: rg}
  mlscore:location: canadacentral
  mlscore:workload: flood
  mlscore:endpointDirectory: ${ENDPOINT_DIRECTORY}
`;
const PAUSED = SETTINGS.replace("  mlscore:target", "  mlscore:paused: true\n  mlscore:target");
/** Split of the fixture. */
const SPLIT = { blue: 90, green: 10 };

const project = copyProject();
const cli = new CommandLine(project);
const settings = join(project, "Pulumi.sandbox.yaml");
const command = (...args: string[]) => cli.beside("sandbox/cli.ts", ...args, "--stack", "sandbox");

async function supervisor() {
  const client = await connectSupervisor(join(cli.state, "sandbox", "endpoint"));
  if (client === undefined) throw new Error("no supervisor");
  return client;
}

async function score(deployment: string) {
  const client = await supervisor();
  const [{ port }, { primaryKey }] = [await client.status(), await client.keys()];
  const { status, body } = await callEndpoint(port, primaryKey, {
    body: '{"data": [1, 2.5]}',
    headers: { "content-type": "application/json", "azureml-model-deployment": deployment },
  });
  return `${String(status)} ${body}`;
}

async function live() {
  const { deployments, traffic, port } = await (await supervisor()).status();
  return { names: deployments.map(({ name }) => name).sort(), traffic, port };
}

beforeAll(() => {
  writeFileSync(settings, SETTINGS);
  const { status, stderr } = cli.local("up", "--detach");
  if (status !== 0) throw new Error(stderr);
});
afterAll(() => {
  cli.remove();
  rmSync(project, { recursive: true, force: true });
});

describe("a sandbox on this machine", () => {
  it("is resumed to the same split, port, keys and answers to the letter", async () => {
    const before = await live();
    const answers = [await score("blue"), await score("green")];
    const keys = await (await supervisor()).keys();
    expect(before.names).toEqual(["blue", "green"]);

    const paused = await command("pause");
    expect([paused.status, paused.stderr]).toEqual([
      0,
      expect.stringContaining("are not declared"),
    ]);
    expect(readFileSync(settings, "utf8")).toBe(PAUSED);
    expect(await live()).toEqual({ names: [], traffic: {}, port: before.port });
    expect(await score("blue")).toMatch(/^404 /);

    // Neither a second pause nor an update makes them again.
    expect((await command("pause")).stdout).toContain("said already mlscore:paused: true");
    expect(cli.local("up", "--detach").status).toBe(0);
    expect((await live()).names).toEqual([]);

    const resumed = await command("resume");
    expect(resumed.status).toBe(0);
    expect(readFileSync(settings, "utf8")).toBe(SETTINGS);
    expect(await live()).toEqual(before);
    expect([await score("blue"), await score("green")]).toEqual(answers);
    expect(await (await supervisor()).keys()).toEqual(keys);
  });

  it("is not paused while it routes what the YAML does not say", async () => {
    const client = await supervisor();
    await client.amend({ traffic: { blue: 80, green: 20 }, mirrorTraffic: {}, tags: {} });
    const refused = await command("pause");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("blue 80 %, green 20 %");
    expect(refused.stderr).toContain("npm run rollout -- adopt");
    expect(readFileSync(settings, "utf8")).toBe(SETTINGS);
    expect((await live()).names).toEqual(["blue", "green"]);
    await client.amend({ traffic: SPLIT, mirrorTraffic: {}, tags: {} });
  });

  it("is paused by the next run where one was killed after its first word", async () => {
    const child = spawn(
      process.execPath,
      [...NODE_OPTIONS, "sandbox/cli.ts", "pause", "--stack", "sandbox"],
      {
        cwd: project,
        env: { ...process.env, MLSCORE_STATE: cli.state, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(readFileSync(settings, "utf8")).toBe(PAUSED);
    expect((await command("pause")).status).toBe(0);
    expect((await live()).names).toEqual([]);
    expect((await command("resume")).status).toBe(0);
    expect((await live()).traffic).toEqual(SPLIT);
  });

  it("is paused once by two commands at the same time", async () => {
    const both = await Promise.all([command("pause"), command("pause")]);
    for (const { status, stderr } of both) {
      if (status !== 0) expect(stderr).toMatch(/Another command is changing/);
    }
    expect(both.map(({ status }) => status)).toContain(0);
    expect(readFileSync(settings, "utf8")).toBe(PAUSED);
    expect((await live()).names).toEqual([]);
  });

  it("stays down after its last day, and is resumed by a later one", async () => {
    expect((await command("resume")).status).toBe(0);
    const expiring = (day: string) => `${SETTINGS}  mlscore:expires: "${day}"\n`;
    writeFileSync(settings, expiring("2000-01-31"));
    const expired = await command("expire");
    expect([expired.status, expired.stdout]).toEqual([
      0,
      expect.stringContaining("sandbox has expired on 2000-01-31."),
    ]);
    expect((await live()).names).toEqual([]);
    expect(readFileSync(settings, "utf8")).toBe(expiring("2000-01-31"));
    expect((await command("resume")).stderr).toContain("mlscore:expires, 2000-01-31, is over");
    writeFileSync(settings, expiring("2999-12-31"));
    expect((await command("expire")).stdout).toMatch(/runs until 2999-12-31, \d+ more days\./);
    expect((await command("resume")).status).toBe(0);
    expect((await live()).traffic).toEqual(SPLIT);
    writeFileSync(settings, SETTINGS);
  });
});

describe("production", () => {
  it.each(["pause", "resume", "expire", "purge"])("refuses %s", async (name) => {
    const file = join(project, "Pulumi.production.yaml");
    const before = readFileSync(file, "utf8");
    const { status, stderr } = await cli.beside(
      "sandbox/cli.ts",
      ...[name, "--stack", "production", "--azure"],
      ...(name === "purge" ? ["--confirm", "production"] : []),
    );
    expect([status, stderr]).toEqual([1, expect.stringContaining("production is no sandbox")]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});
