import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readEndpointDirectory } from "../../config/azureml";
import { UserError } from "../../errors";
import { retire } from "../../rollout/retire";
import { Workbench } from "./harness";

/** Taking a deployment out of the YAML. Does not prove that the next `up` deletes it: nothing here does. */

let bench: Workbench;
const git = (...args: string[]) => execFileSync("git", args, { cwd: bench.folder });
beforeEach(() => {
  bench = new Workbench();
  git("init", "--quiet");
  git("add", ".");
  const person = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
  git(...person, "commit", "--quiet", "--no-verify", "--message", "All of it");
});
afterEach(() => {
  bench.remove();
});

const takeOut = (name: string) => bench.run((context) => retire(context, name));

describe("retire", () => {
  it("takes a deployment without requests out of the YAML, and leaves the endpoint alone", async () => {
    expect(await takeOut("green")).toBeUndefined();
    expect(existsSync(join(bench.folder, "green.yml"))).toBe(false);
    expect(bench.read("endpoint.yml")).toBe(
      "# Who may change this: the team.\nname: flood\nauth_mode: key\ntraffic:\n  blue: 90 # percent\n  red: 10 # percent\n",
    );
    expect(Object.keys(bench.endpoint.deployments)).toContain("green");
    expect(bench.endpoint.revision).toBe(1);
    const { definition } = await readEndpointDirectory(bench.folder);
    expect(definition?.traffic).toEqual({ blue: 90, red: 10 });
    expect(bench.said.at(-1)).toContain("`pulumi up` (or `npm run local -- up`) deletes it");
  });

  it("retires what a promoted canary has replaced", async () => {
    await bench.start();
    await bench.promote();
    expect(await takeOut("blue")).toBeUndefined();
    expect(await takeOut("red")).toBeUndefined();
    expect((await takeOut("green"))?.message).toContain("100 % of live requests");
    expect((await readEndpointDirectory(bench.folder)).definition?.traffic).toEqual({ green: 100 });
  });

  it("warns when another file declares the same deployment", async () => {
    bench.write("zz.yml", bench.read("green.yml").trimEnd().split("\n"));
    expect(await takeOut("green")).toBeUndefined();
    expect(bench.warned.join()).toContain("zz.yml declares green too");
  });

  it.each<[string, () => unknown, string, string]>([
    [
      "one with live requests",
      () => undefined,
      "red",
      "10 % of live requests and 10 % of declared",
    ],
    [
      "one with copies",
      () => (bench.endpoint.mirrorTraffic = { green: 5 }),
      "green",
      "5 % of mirrored requests",
    ],
    [
      "one with requests that somebody gave it outside",
      () => (bench.endpoint.traffic = { blue: 90, green: 10 }),
      "green",
      "10 % of live requests;",
    ],
    [
      "one that is declared to have requests",
      () => (bench.endpoint.traffic = { blue: 100, red: 0, green: 0 }),
      "red",
      "red has 10 % of declared traffic;",
    ],
    ["one that is not declared", () => undefined, "pink", "no YAML of a deployment pink"],
    ["during a rollout", () => bench.start(), "red", "A rollout of green is under way"],
  ])("refuses %s", async (_what, prepare, name, words) => {
    await prepare();
    const before = bench.read("endpoint.yml");
    const fault = await takeOut(name);
    expect(fault).toBeInstanceOf(UserError);
    expect(fault?.message).toContain(words);
    expect(bench.read("endpoint.yml")).toBe(before);
    expect(existsSync(join(bench.folder, "red.yml"))).toBe(true);
  });

  it.each<[string, () => unknown]>([
    [
      "changed",
      () => {
        appendFileSync(join(bench.folder, "green.yml"), "# mine\n");
      },
    ],
    [
      "changed and staged",
      () => {
        appendFileSync(join(bench.folder, "green.yml"), "# mine\n");
        git("add", ".");
      },
    ],
    ["never committed", () => git("rm", "--quiet", "--cached", "green.yml")],
    [
      "ignored",
      () => {
        git("rm", "--quiet", "--cached", "green.yml");
        bench.write(".gitignore", ["green.yml"]);
      },
    ],
    [
      "outside of any repository",
      () => {
        rmSync(join(bench.folder, ".git"), { recursive: true });
      },
    ],
  ])("deletes a file that is %s only when told so", async (_what, change) => {
    change();
    const before = bench.read("green.yml");
    const fault = await takeOut("green");
    expect(fault).toBeInstanceOf(UserError);
    expect(fault?.message).toMatch(/green\.yml: no commit has this file as it is.*--yes/);
    expect(bench.read("green.yml")).toBe(before);
    expect(await bench.run((context) => retire(context, "green", { yes: true }))).toBeUndefined();
    expect(existsSync(join(bench.folder, "green.yml"))).toBe(false);
  });

  it("refuses the only one", async () => {
    bench.remove();
    bench = new Workbench({ blue: 0 });
    expect((await takeOut("blue"))?.message).toContain("the only deployment");
  });
});
