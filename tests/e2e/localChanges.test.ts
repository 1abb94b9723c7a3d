import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { connectSupervisor } from "../../local/endpoint";
import { callEndpoint } from "../local/endpoint/support/router";
import { ENDPOINT_DIRECTORY } from "../stacks";
import { CommandLine } from "./commandLine";

/** `up` again on a running endpoint, after its YAML or its code was edited. */

describe("npm run local -- up, again", () => {
  const cli = new CommandLine();
  const directory = mkdtempSync(join(tmpdir(), "endpoint-"));
  const request = join(directory, "request.json");
  const up = () => cli.local("up", "--detach", "--endpoint", directory);
  /** From the supervisor itself, which is quicker than by the command. */
  const supervisor = async () => {
    const client = await connectSupervisor(join(cli.state, "sandbox", "endpoint"));
    if (client === undefined) throw new Error("no supervisor");
    return client;
  };
  const status = async () => (await supervisor()).status();
  const pids = async () =>
    (await status()).deployments.flatMap(({ name, instances }) =>
      instances.map(({ pid }) => `${name} ${pid ?? 0}`),
    );
  const score = async () => {
    const client = await supervisor();
    const [{ port }, { primaryKey }] = [await client.status(), await client.keys()];
    const { headers, body } = await callEndpoint(port, primaryKey, {
      body: readFileSync(request, "utf8"),
      headers: { "content-type": "application/json" },
    });
    return `${body.trim()} from ${String(headers["azureml-model-deployment"])}`;
  };
  const edit = (file: string, from: string, to: string) => {
    const path = join(directory, file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
    writeFileSync(path, text.replace(from, to));
  };

  beforeAll(() => {
    cpSync(ENDPOINT_DIRECTORY, directory, { recursive: true });
    writeFileSync(request, '{"data": [1, 2.5]}');
    const { status: exit, stderr } = up();
    if (exit !== 0) throw new Error(stderr);
  });
  afterAll(() => {
    cli.remove();
    rmSync(directory, { recursive: true });
  });

  it("changes nothing the second time and restarts no process", async () => {
    const before = await pids();
    const { stdout } = up();
    expect(stdout).toContain("50 unchanged");
    expect(await pids()).toEqual(before);
  });

  it("changes the split alone when the YAML's split changed, without a restart", async () => {
    const before = await pids();
    edit("endpoint.yml", "blue: 90", "blue: 0");
    edit("endpoint.yml", "green: 10", "green: 100");
    expect(up().stdout).toContain("1 updated, 49 unchanged");
    expect((await status()).traffic).toEqual({ blue: 0, green: 100 });
    expect(await pids()).toEqual(before);
    expect(await score()).toBe("[2, 5.0] from green");
  });

  it("keeps the old deployments serving when the new code does not start, and says why", async () => {
    const before = await pids();
    edit("code/score.py", "global weight", 'raise RuntimeError("no weights today")');
    const failed = up();
    edit("code/score.py", 'raise RuntimeError("no weights today")', "global weight");
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("no weights today");
    expect(failed.stderr).not.toMatch(/^ +at .*\.ts/m);
    expect(await pids()).toEqual(before);
    expect(await score()).toBe("[2, 5.0] from green");
    expect(up().stdout).toContain("50 unchanged");
  });
});
