import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { JobRun, type Context } from "./job";

/** Which command the workflow runs, and that its record survives the run. Does not prove what GitHub and Azure do. */

const contextOf = (command: string, more: Context = {}): Context => ({
  "inputs.stack": "sandbox",
  "inputs.command": command,
  "inputs.canary": "",
  "inputs.inconclusive": "false",
  "vars.UP_CLIENT_ID": "deployer",
  "vars.AZURE_TENANT_ID": "tenant",
  "github.token": "token",
  "github.repository": "owner/name",
  ...more,
});

const RECORD = "rollouts/sandbox.jsonl";
const FIRST = '{"event":"started"}\n';
const SECOND = `${FIRST}{"event":"done","change":{"kind":"step"}}\n`;
const END = `${SECOND}{"event":"done","change":{"kind":"end"}}\n`;

let job: JobRun;
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    cwd: job.folder,
    encoding: "utf8",
  });
const file = (name: string) => join(job.folder, name);
const textOf = (name: string) => readFileSync(file(name), "utf8");

/** What stands on main. */
function commit(record?: string): void {
  if (record !== undefined) {
    mkdirSync(file("rollouts"), { recursive: true });
    job.write(RECORD, record);
  }
  job.write("endpoint.yml", "traffic: { blue: 100 }\n");
  git("add", "endpoint.yml", ...(record === undefined ? [] : [RECORD]));
  git("commit", "--quiet", "--message", "main");
}

/** What the last run has left on its branch. */
function earlier(record: string): void {
  mkdirSync(file("earlier"), { recursive: true });
  job.write("earlier/sandbox.jsonl", record);
}

/** The command that Node runs; it leaves this record. */
function nodeThatWrites(record: string, more = "", status = 0): void {
  job.fake(
    "node",
    `echo "node $* [$ARM_USE_OIDC $ARM_CLIENT_ID $ARM_TENANT_ID]" >>"$FAKES/log"
[ "$1" = --import ] || exit 0
mkdir -p rollouts && printf '%s' '${record}' >${RECORD}
${more}
exit ${status}`,
  );
}

beforeEach(() => {
  job = new JobRun();
  git("init", "--quiet", "--initial-branch=main");
});
afterEach(() => {
  job.dispose();
});

describe("the command", () => {
  it.each([
    [
      "start",
      { "inputs.canary": "green; exit" },
      "start --azure --stack sandbox --canary green; exit",
    ],
    ["advance", {}, "advance --azure --stack sandbox"],
    [
      "promote",
      { "inputs.inconclusive": "true" },
      "promote --azure --stack sandbox --inconclusive",
    ],
    ["abort", {}, "abort --azure --stack sandbox"],
    ["restore", {}, "restore --azure --stack sandbox"],
  ])(
    "%s has its own arguments, and signs in anew for each token",
    (command, more: Context, line) => {
      commit();
      earlier("");
      job.run("rollout.yml", "rollout", contextOf(command, more));
      expect([job.status, job.printed]).toEqual([0, ""]);
      nodeThatWrites(FIRST);
      job.run("rollout.yml", "rollout", contextOf(command, more));
      const commands = job.log().filter((one) => one.includes("rollout/cli.ts"));
      expect(commands.at(-1)).toBe(
        `node --import tsx rollout/cli.ts ${line} [true deployer tenant]`,
      );
      expect(job.log().join("\n")).not.toContain("azure/login");
    },
  );
});

describe("the record", () => {
  it.each([
    ["is new", undefined, "", undefined],
    ["is on main alone", FIRST, "", FIRST],
    ["is on the branch alone", undefined, FIRST, FIRST],
    ["is longer on the branch", FIRST, SECOND, SECOND],
    ["is longer on main, of a rollout from elsewhere", SECOND, FIRST, SECOND],
    ["is the same", SECOND, SECOND, SECOND],
  ])("%s", (_name, main, branch, found) => {
    commit(main);
    earlier(branch);
    job.fake("node", `[ "$1" = --import ] && cp ${RECORD} seen 2>/dev/null; exit 0`);
    job.run("rollout.yml", "rollout", contextOf("advance"));
    expect(job.status).toBe(0);
    expect(existsSync(file("seen")) ? textOf("seen") : undefined).toBe(found);
  });

  it("that differs on both is refused before anything is asked of Azure", () => {
    commit('{"event":"other"}\n');
    earlier(FIRST);
    job.run("rollout.yml", "rollout", contextOf("advance"));
    expect(job.status).toBe(1);
    expect(job.printed).toContain("::error::rollouts/sandbox.jsonl on main and on the branch");
    expect(job.log().filter((line) => line.includes("rollout/cli.ts"))).toEqual([]);
  });

  it.each([0, 1])(
    "is handed on with changed YAML, whatever the command ended with (%s)",
    (status) => {
      commit();
      earlier(FIRST);
      nodeThatWrites(END, "echo 'traffic: { green: 100 }' >endpoint.yml", status);
      job.run("rollout.yml", "rollout", contextOf("promote"));
      expect(job.status).toBe(status);
      expect(textOf(`after/${RECORD}`)).toBe(END);
      expect(textOf("after/endpoint.yml")).toBe("traffic: { green: 100 }\n");
      expect(existsSync(file("after/status.txt"))).toBe(true);
      expect(existsSync(file("after/earlier"))).toBe(false);
      expect(textOf("summary")).toContain("```text\n");
    },
  );
});

describe("what a run leaves", () => {
  function keep(record: string | undefined, open = ""): string[] {
    commit();
    const remote = file("remote.git");
    git("init", "--quiet", "--bare", remote);
    git("config", `url.${remote}.insteadOf`, "https://github.com/owner/name");
    mkdirSync(file("after/rollouts"), { recursive: true });
    job.write("after/status.txt", "status\n");
    if (record !== undefined) job.write(`after/${RECORD}`, record);
    job.fake("gh", `echo "gh $*" >>"$FAKES/log"; [ "$1 $2" != "pr list" ] || echo "${open}"`);
    job.run("rollout.yml", "keep", contextOf("promote"));
    expect([job.status, job.printed]).toEqual([0, expect.any(String)]);
    return job.log().filter((line) => line.startsWith("gh "));
  }
  const pushed = () => git("--git-dir", file("remote.git"), "show", `rollout/sandbox:${RECORD}`);

  it("is one commit on the branch while the rollout goes on", () => {
    expect(keep(SECOND)).toEqual(["gh auth setup-git"]);
    expect(pushed()).toBe(SECOND);
  });

  it("is a pull request at the end", () => {
    const calls = keep(END);
    expect(pushed()).toBe(END);
    expect(calls.at(-1)).toBe(
      "gh pr create --base main --head rollout/sandbox --title Record a rollout of sandbox --body-file body.md",
    );
    expect(textOf("body.md")).toBe("```text\nstatus\n```\n");
  });

  it("is added to a pull request that is open", () => {
    expect(keep(END, "7").filter((line) => line.startsWith("gh pr create"))).toEqual([]);
    expect(pushed()).toBe(END);
  });

  it("is nothing when nothing was done", () => {
    expect(keep(undefined)).toEqual([]);
    expect(() => pushed()).toThrow();
  });
});

describe("before a rollout", () => {
  const REFS = "refs/heads/rollout/sandbox";
  const record = (command: string, open: string, refs: string) => {
    job.fake(
      "gh",
      `case "$*" in
  pr*) echo "${open}" ;;
  *matching-refs*) printf '${refs}' ;;
  *contents*) printf '%s' '${FIRST}' ;;
esac`,
    );
    job.run("rollout.yml", "record", contextOf(command));
  };

  it.each([
    ["there is no branch", "", ""],
    ["there is one with a longer name", `${REFS}-old\\n`, ""],
    ["there is one", `${REFS}-old\\n${REFS}\\n`, FIRST],
  ])("%s", (_name, refs, expected) => {
    record("start", "", refs);
    expect(job.status).toBe(0);
    expect(textOf("earlier/sandbox.jsonl")).toBe(expected);
  });

  it("the end of the last one must be on main", () => {
    record("start", "https://example.com/pull/7", REFS);
    expect(job.status).toBe(1);
    expect(job.printed).toContain("merge or close https://example.com/pull/7");
  });

  it("an end that is not on main does not keep from ending another", () => {
    record("abort", "https://example.com/pull/7", REFS);
    expect(job.status).toBe(0);
  });
});
