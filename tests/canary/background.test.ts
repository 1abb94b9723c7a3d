import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import type { Background } from "../../rollout/background";
import type { Status } from "../../rollout/status";
import { sandboxSettings } from "../stacks";
import { CommandLine } from "../e2e/commandLine";
import { copyProject } from "../e2e/projectCopy";
import { isAlive } from "../local/endpoint/support/endpoint";
import { until } from "../local/endpoint/support/router";

/** `promote --detach` by command on a local endpoint that nobody calls, so each step ends with `--inconclusive`. */
describe("promote --detach", () => {
  const project = copyProject();
  const cli = new CommandLine(project);
  const directory = mkdtempSync(join(tmpdir(), "background-"));
  const stack = "background";
  const rollout = (...args: string[]) => cli.beside("rollout/cli.ts", ...args, "--stack", stack);
  const status = async () => {
    const { stdout } = await rollout("status", "--json");
    return JSON.parse(stdout) as Status & { readonly background?: Background };
  };
  const planOf = (dwellSeconds: number) => {
    const steps = [
      { percent: 20, dwellSeconds },
      { percent: 100, dwellSeconds },
    ];
    const smoke = join(directory, "requests", "first.json");
    const settings = sandboxSettings({ endpointDirectory: directory, rollout: { steps, smoke } });
    writeFileSync(join(project, `Pulumi.${stack}.yaml`), stringify({ config: settings }));
  };

  beforeAll(() => {
    cpSync(join(__dirname, "..", "fixtures", "canary"), directory, { recursive: true });
    planOf(3600);
    const { status: exit, stderr } = cli.local("up", "--all", "--detach", "--stack", stack);
    if (exit !== 0) throw new Error(stderr);
  });
  afterAll(() => {
    cli.local("down", "--stack", stack);
    cli.remove();
    for (const folder of [directory, project]) rmSync(folder, { recursive: true });
  });

  it("goes on without its terminal, alone, and can be killed, continued and aborted", async () => {
    expect((await rollout("promote", "--detach")).stderr).toContain("No rollout is under way.");
    expect((await rollout("start", "--canary", "green")).status).toBe(0);
    const detached = await rollout("promote", "--detach", "--inconclusive");
    expect(detached).toMatchObject({ status: 0 });
    const { background, lines } = await status();
    const pid = background?.run.pid ?? 0;
    expect(background?.state).toBe("alive");
    expect(detached.stdout).toContain(`promote goes on in the background: process ${pid}`);
    expect(lines.join("\n")).toContain("A promote runs in the background since");

    for (const again of [["promote", "--detach"], ["promote"], ["advance"]]) {
      const refused = await rollout(...again);
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain(
        `A promote of this rollout runs in the background (process ${pid}`,
      );
    }

    process.kill(pid, "SIGKILL");
    await until(() => !isAlive(pid));
    const killed = await status();
    expect(killed.background?.state).toBe("dead");
    expect(killed.split.traffic).toEqual({ blue: 80, green: 20 });
    expect(killed.lines.join("\n")).toContain("Next: promote --detach goes on; abort returns");

    expect((await rollout("promote", "--detach", "--inconclusive")).status).toBe(0);
    const next = (await status()).background;
    expect(next?.state).toBe("alive");
    expect(next?.run.pid).not.toBe(pid);

    const aborted = await rollout("abort");
    expect(aborted).toMatchObject({ status: 0 });
    expect(aborted.stdout).toContain(`(process ${next?.run.pid ?? 0}) is ended first.`);
    expect(isAlive(next?.run.pid ?? 0)).toBe(false);
    const over = await status();
    expect(over.split.traffic).toEqual({ blue: 100, green: 0 });
    expect(over.background).toMatchObject({ state: "ended", run: { status: 143 } });
  });

  it("promotes by itself, and then is not alive", async () => {
    planOf(1);
    expect((await rollout("start", "--canary", "green")).status).toBe(0);
    expect((await rollout("promote", "--detach", "--inconclusive")).status).toBe(0);
    await until(async () => (await status()).background?.state === "ended");
    const { split, background, lines } = await status();
    expect(split.traffic).toEqual({ blue: 0, green: 100 });
    expect(background?.run.status).toBe(0);
    expect(lines.join("\n")).toContain("The last one, of green, was promoted");
    expect(lines.join("\n")).not.toContain("background");
  });
});
