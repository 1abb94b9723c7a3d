import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";

/**
 * What holds for every workflow, whatever it does; and actionlint over all of them where there is Go. It does not prove that
 * they run: that only GitHub does.
 */

const GITHUB = join(__dirname, "..", ".github");
const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly "runs-on": string | readonly string[];
  readonly "timeout-minutes"?: number;
  readonly if?: string;
  /** Another workflow of this repository, instead of steps. */
  readonly uses?: string;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = readdirSync(join(GITHUB, "workflows")).map((name) => join("workflows", name));
const textOf = (file: string) => readFileSync(join(GITHUB, file), "utf8");
const workflows = files.map((file) => [file, parse(textOf(file)) as Workflow] as const);
const jobs = workflows.flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => [`${file} ${name}`, job] as const),
);

describe("every workflow", () => {
  it("uses actions by the commit of a named version, or this repository's own", () => {
    const lines = [...files, "actions/preview/action.yml"].flatMap((file) =>
      textOf(file)
        .split("\n")
        .filter((line) => /\buses:/.test(line)),
    );
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      expect(line).toMatch(/uses: (\.\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
    }
    // The same action is the same commit everywhere.
    const pins = new Set(lines.flatMap((line) => /uses: ([^.]\S+@\S+)/.exec(line)?.[1] ?? []));
    expect(new Set([...pins].map((pin) => pin.split("@")[0])).size).toBe(pins.size);
  });

  it("knows no secret, and never runs a fork's code with rights", () => {
    for (const file of [...files, "actions/preview/action.yml"]) {
      expect(textOf(file)).not.toMatch(/\bsecrets\s*[.[]|secrets: inherit|pull_request_target/);
    }
  });

  it("says what its token may do, and nothing that it does not need", () => {
    expect(
      Object.fromEntries(
        workflows.flatMap(([file, { permissions = {}, jobs }]) =>
          Object.entries(jobs).map(([name, job]) => [
            `${file.slice("workflows/".length)} ${name}`,
            job.permissions ?? permissions,
          ]),
        ),
      ),
    ).toEqual({
      "check.yml check": { contents: "read" },
      "review.yml review": { contents: "read" },
      "preview.yml preview": { contents: "read", "id-token": "write" },
      "comment.yml comment": { actions: "read", "pull-requests": "write" },
      "up.yml preview": { contents: "read", "id-token": "write" },
      "up.yml up": { contents: "read", "id-token": "write" },
      "rollout.yml record": { contents: "read", "pull-requests": "read" },
      "rollout.yml rollout": { contents: "read", "id-token": "write" },
      "rollout.yml keep": { contents: "write", "pull-requests": "write" },
      "expire.yml expire": { contents: "read", "id-token": "write" },
      "image.yml build": { contents: "read", "id-token": "write" },
      "drift.yml preview": { contents: "read", "id-token": "write" },
      "drift.yml issue": { actions: "read", issues: "write" },
      "release.yml check": { contents: "read" },
      "release.yml build": { contents: "read" },
      "release.yml publish": { contents: "write" },
    });
  });

  it("leaves no token in a checkout, where every later step could read it", () => {
    const action = parse(textOf("actions/preview/action.yml")) as { readonly runs: Job };
    const steps = [...jobs.map(([, job]) => job), action.runs].flatMap(({ steps = [] }) => steps);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThanOrEqual(7);
    for (const { with: inputs } of checkouts) {
      expect(inputs).toMatchObject({ "persist-credentials": false });
    }
  });

  it("ends by itself", () => {
    // A job that is another workflow has that one's limits.
    const own = jobs.filter(([, job]) => job.uses === undefined);
    expect(own.filter(([, job]) => job["timeout-minutes"] === undefined)).toEqual([]);
  });
});

describe("a job with an identity in Azure", () => {
  const trusted = jobs.filter(([, job]) => job.permissions?.["id-token"] !== undefined);

  it("has an environment, which the identity trusts, and the runner in the network", () => {
    expect(trusted).toHaveLength(7);
    for (const [, job] of trusted) {
      expect(job.environment).toBeDefined();
      expect(job["runs-on"]).toEqual(["self-hosted", "azure-vnet"]);
    }
  });

  it("is for this repository's branches alone", () => {
    const conditions = Object.fromEntries(
      workflows
        .filter(([, { on }]) => "pull_request" in on)
        .flatMap(([, { jobs }]) => Object.values(jobs))
        .filter((job) => trusted.some(([, other]) => other === job))
        .map((job) => [job.environment ?? "", job.if ?? ""] as const),
    );
    expect(conditions).toEqual({
      preview:
        "github.event.pull_request.head.repo.full_name == github.repository && github.actor != 'dependabot[bot]'",
    });
  });

  it("updates stacks one after the other, after an approval", () => {
    const up = parse(textOf("workflows/up.yml")) as Workflow & { readonly concurrency: unknown };
    expect(up.concurrency).toEqual({
      group: "up-${{ inputs.stack }}",
      "cancel-in-progress": false,
    });
    expect(up.jobs["up"]?.environment).toBe("${{ inputs.stack }}");
    // What deletes deployments waits for an update of the same stack.
    const expire = parse(textOf("workflows/expire.yml")) as typeof up;
    expect(expire.concurrency).toEqual({ group: "up-sandbox", "cancel-in-progress": false });
  });
});

describe("a release", () => {
  const release = parse(textOf("workflows/release.yml")) as Workflow;

  it("is written by a job that runs none of the repository's code, after the checks", () => {
    const { check, build, publish } = release.jobs;
    expect(check?.uses).toBe("./.github/workflows/check.yml");
    expect(build).toMatchObject({ needs: "check" });
    expect(publish).toMatchObject({ needs: "build" });
    const actions = publish?.steps?.flatMap(({ uses }) => uses?.split("@")[0] ?? []);
    expect(actions).toEqual(["actions/download-artifact"]);
  });

  it("has the package, and the template of pulumi new with it", () => {
    const build = release.jobs["build"]?.steps?.find(({ run = "" }) => run.includes("SHA256SUMS"));
    const lines = (build?.run ?? "").split("\n");
    const places = [
      "npm run --silent package -- --out packed",
      "cp packed/*.tgz release",
      'tar --create --gzip --file "release/template-$TAG.tar.gz" --directory packed template',
      "(cd release && sha256sum -- * >SHA256SUMS)",
    ].map((line) => lines.indexOf(line));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("takes nothing from a cache, as no job with rights in Azure does", () => {
    const cached = workflows.filter(([file]) => /^ +cache: /m.test(textOf(file)));
    expect(cached.map(([file]) => file)).toEqual(["workflows/check.yml", "workflows/review.yml"]);
    expect(textOf("actions/preview/action.yml")).not.toMatch(/cache:/);
  });
});

describe("a job that writes under pull requests", () => {
  it("has no code but its own, and takes names as variables alone", () => {
    const comment = parse(textOf("workflows/comment.yml")) as Workflow;
    const steps = comment.jobs["comment"]?.steps ?? [];
    expect(steps.length).toBe(2);
    expect(steps.filter(({ uses }) => uses !== undefined)).toEqual([]);
  });

  it("is in all workflows free of expressions in scripts", () => {
    const scripts = jobs.flatMap(([, { steps = [] }]) => steps.map(({ run = "" }) => run));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    const action = parse(textOf("actions/preview/action.yml")) as { readonly runs: Job };
    const ofAction = (action.runs.steps ?? []).flatMap(({ run }) => run ?? []);
    expect(ofAction).toHaveLength(2);
    expect(ofAction.filter((script) => script.includes("${{"))).toEqual([]);
  });
});

const hasGo = spawnSync("go", ["version"]).status === 0;
if (!hasGo) process.stderr.write("SKIPPED: actionlint in tests/workflows.test.ts, no Go.\n");

(hasGo ? it : it.skip)("actionlint finds nothing", () => {
  const done = spawnSync("go", ["run", ACTIONLINT], {
    cwd: join(GITHUB, ".."),
    encoding: "utf8",
  });
  expect(done.stdout).toBe("");
  expect(done.status).toBe(0);
});
