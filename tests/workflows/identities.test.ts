import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { DEFAULT_SUBSCRIPTION, JobRun, SUBSCRIPTIONS, type Context } from "./job";

/** As whom, and in which subscription, each step of the workflows talks to Azure. Does not prove what GitHub does. */

const VARIABLES: Context = {
  "vars.PREVIEW_CLIENT_ID": "reader",
  "vars.UP_CLIENT_ID": "deployer",
  "vars.EXPIRE_CLIENT_ID": "expirer",
  "vars.AZURE_TENANT_ID": "tenant",
  "vars.PULUMI_BACKEND": "azblob://state",
};

let job: JobRun;
beforeEach(() => {
  job = new JobRun();
});
afterEach(() => {
  job.dispose();
});

/** What Azure is asked for, as `identity subscription`. */
function asked(): string[] {
  return job.log().flatMap((line) => {
    const found = /^az account get-access-token --subscription (\S+) \[as (\w+)\]$/.exec(line);
    return found === null ? [] : [`${found[2] ?? ""} ${found[1] ?? ""}`];
  });
}

describe("the preview of a pull request", () => {
  it("asks for each stack in the stack's own subscription, as the identity that reads", () => {
    job.run("preview.yml", "preview", VARIABLES);
    expect(job.status).toBe(0);
    expect(asked()).toEqual([
      `reader ${SUBSCRIPTIONS.sandbox}`,
      `reader ${SUBSCRIPTIONS.production}`,
    ]);
    expect(job.log().join("\n")).not.toContain(DEFAULT_SUBSCRIPTION);
  });

  it("keeps to the CLI's identity for the state and its secrets too", () => {
    job.run("preview.yml", "preview", VARIABLES);
    expect(new Set(job.environment())).toEqual(new Set(["AzureCLICredential true"]));
  });

  it("previews the other stack although one is refused", () => {
    job.run("preview.yml", "preview", VARIABLES, { PULUMI_FAILS: "yes" });
    expect(job.status).toBe(0);
    expect(asked()).toHaveLength(2);
    expect(job.printed).toContain("The preview of production did not end well");
  });
});

describe.each(["sandbox", "production"] as const)("the morning's look at %s", (stack) => {
  it("asks in that stack's subscription alone, as the identity that reads", () => {
    job.run("drift.yml", "preview", { ...VARIABLES, "matrix.stack": stack });
    expect(job.status).toBe(0);
    expect(asked()).toEqual([`reader ${SUBSCRIPTIONS[stack]}`]);
    const previews = job.log().filter((line) => line.startsWith("pulumi preview"));
    expect(previews).toHaveLength(1);
    expect(previews[0]).toContain(`--stack ${stack} --refresh`);
  });
});

it("the sandbox's last day is looked at as an identity of its own, by one command", () => {
  job.run("expire.yml", "expire", VARIABLES, { GITHUB_STEP_SUMMARY: "/dev/null" });
  expect(job.status).toBe(0);
  expect(job.log().filter((line) => line.startsWith("npm run"))).toEqual([
    "npm run --silent sandbox -- expire --stack sandbox --azure [as expirer]",
  ]);
  job.fake("npm", "exit 1");
  job.run("expire.yml", "expire", VARIABLES, { GITHUB_STEP_SUMMARY: "/dev/null" });
  expect(job.status).not.toBe(0);
});

const contextOf = (stack: string): Context => ({ ...VARIABLES, "inputs.stack": stack });

/** The job that is approved, and then the one that updates, from what the first one uploaded. */
function approvedThen(
  stack: string,
  between: () => void,
  env: Readonly<Record<string, string>> = {},
): JobRun {
  job.run("up.yml", "preview", contextOf(stack));
  expect(job.status).toBe(0);
  job.artifact("review-out", "approved");
  between();
  return job.run("up.yml", "up", contextOf(stack), env);
}

describe.each(["sandbox", "production"] as const)("an update of %s", (stack) => {
  const context = contextOf(stack);

  it("is previewed as the identity that reads, in the stack's subscription", () => {
    job.run("up.yml", "preview", context);
    expect(job.status).toBe(0);
    expect(asked()).toEqual([`reader ${SUBSCRIPTIONS[stack]}`]);
    expect(job.log()).not.toContainEqual(expect.stringMatching(/^pulumi up/));
  });

  it("is made as the identity that deploys, in the stack's subscription, after the same preview", () => {
    job.preview(stack, "update");
    approvedThen(stack, () => undefined);
    expect([job.status, job.printed]).toEqual([
      0,
      expect.stringContaining("The update would do what was approved, and nothing else."),
    ]);
    const deployer = `deployer ${SUBSCRIPTIONS[stack]}`;
    expect(asked()).toEqual([`reader ${SUBSCRIPTIONS[stack]}`, deployer, deployer]);
    expect(new Set(job.environment())).toEqual(new Set(["AzureCLICredential true"]));
    const updates = job.log().filter((line) => line.startsWith("pulumi up"));
    expect(updates).toEqual([
      `pulumi up --non-interactive --yes --skip-preview --refresh --policy-pack policy --stack ${stack} [as deployer]`,
    ]);
    expect(job.log().filter((line) => line.startsWith("pulumi preview"))).toEqual(
      ["reader", "deployer"].map(
        (who) =>
          `pulumi preview --non-interactive --json --show-sames --stack ${stack} --refresh --policy-pack policy [as ${who}]`,
      ),
    );
  });
});

describe("an update of any stack", () => {
  const stack = "sandbox";
  const context = contextOf(stack);

  it("cannot be approved when the preview failed", () => {
    job.run("up.yml", "preview", context, { PULUMI_FAILS: "yes" });
    expect(job.status).toBe(1);
    expect(job.printed).toContain(`::error::There is nothing to approve of ${stack}.`);
  });

  it.each([
    ["another step", "delete", "tests", "delete resource-group (azure-native:resources:"],
    [
      "another value",
      "update",
      "others",
      'approved as nothing → "tests", and is now nothing → "others"',
    ],
  ])("is not made when the second preview has %s", (_what, op, owner, told) => {
    job.preview(stack, "update");
    approvedThen(stack, () => {
      job.preview(stack, op, owner);
    });
    expect(job.status).toBe(1);
    expect(job.printed).toContain(`${stack} is not updated`);
    expect(job.printed).toContain(told);
    expect(job.log()).not.toContainEqual(expect.stringMatching(/^pulumi up/));
  });

  it("is not made where preflight finds something missing, and after the comparison", () => {
    job.preview(stack, "update");
    approvedThen(stack, () => undefined, { PREFLIGHT_FAILS: "yes" });
    expect(job.status).toBe(1);
    expect(job.printed).toContain("The update would do what was approved, and nothing else.");
    expect(job.log().at(-1)).toBe(
      `npm run --silent preflight -- --azure --stack ${stack} [as deployer]`,
    );
  });

  it("is not made without an approved plan", () => {
    job.run("up.yml", "up", context);
    expect(job.status).toBe(1);
    expect(job.printed).toContain("approved/plan.json does not exist");
    expect(job.log()).not.toContainEqual(expect.stringMatching(/^pulumi up/));
  });
});

describe.each([
  ["preview.yml", "preview", {}],
  ["drift.yml", "preview", { "matrix.stack": "sandbox" }],
  ["up.yml", "preview", { "inputs.stack": "sandbox" }],
  ["up.yml", "up", { "inputs.stack": "sandbox" }],
] as const)("%s %s", (workflow, name, more) => {
  it("installs everything while nobody is signed in, and nothing afterwards", () => {
    job.run(workflow, name, { ...VARIABLES, ...more });
    const log = job.log();
    const signedIn = log.findIndex((line) => line.startsWith("azure/login"));
    const installs = /^(node local\/setup|pulumi install|npm (ci|install)|npx )/;
    expect(log.filter((line) => line.startsWith("azure/login"))).toHaveLength(1);
    expect(log.slice(0, signedIn).filter((line) => installs.test(line))).toEqual([
      "node local/setup.mjs [as nobody]",
      "pulumi install --no-dependencies [as nobody]",
    ]);
    expect(log.slice(signedIn).filter((line) => installs.test(line))).toEqual([]);
  });
});

describe("an image", () => {
  const context: Context = {
    "github.sha": "abc",
    "inputs.model": "models/one",
    "inputs.name": "gauge",
    "inputs.script": "score.py",
    "vars.AZURE_TENANT_ID": "tenant",
    "vars.IMAGE_CLIENT_ID": "builder",
    "vars.SANDBOX_REGISTRY": "crsandbox",
  };
  const digests = ["other.azurecr.io/gauge@sha256:1", "crsandbox.azurecr.io/gauge@sha256:2"];
  const docker = (inspected: readonly string[]) => {
    const lines = inspected.map((line) => `echo "${line}"`).join("; ");
    job.fake("docker", `echo "docker $*" >>"$FAKES/log"; [ "$1" != image ] || { :; ${lines}; }`);
  };
  const env = { GITHUB_SHA: "abc" };

  it("is built and scanned while nobody is signed in, then pushed, and its digest shown", () => {
    docker(digests);
    job.run("image.yml", "build", context, env);
    expect([job.status, job.printed]).toEqual([0, "crsandbox.azurecr.io/gauge@sha256:2\n"]);
    const image = "crsandbox.azurecr.io/gauge:abc";
    expect(job.log()).toEqual([
      "actions/checkout persist-credentials=false",
      "docker build --build-arg MODEL=models/one --build-arg SCORING_SCRIPT=score.py --tag scanned:abc scoring",
      "anchore/scan-action image=scanned:abc output-format=table severity-cutoff=high only-fixed=true",
      "azure/login client-id=builder tenant-id=tenant allow-no-subscriptions=true",
      "az acr login --name crsandbox [as builder]",
      `docker tag scanned:abc ${image}`,
      `docker push ${image}`,
      `docker image inspect --format {{range .RepoDigests}}{{println .}}{{end}} ${image}`,
    ]);
  });

  it("of an MLflow model without a script has the packages that the model locks", () => {
    docker(digests);
    job.run("image.yml", "build", { ...context, "inputs.script": "" }, env);
    expect(job.log()).toContain(
      "docker build --build-arg MODEL=models/one --build-arg CODE=mlflow --build-arg SCORING_SCRIPT=mlflow_score.py " +
        "--build-arg REQUIREMENTS=models/one/requirements.lock --build-arg SERVER=azmlinfsrv --tag scanned:abc scoring",
    );
  });

  it("is a failure without a digest", () => {
    docker([]);
    job.run("image.yml", "build", context, env);
    expect(job.status).not.toBe(0);
  });
});

it("installs packages without their own scripts", () => {
  const npmrc = readFileSync(join(__dirname, "..", "..", ".npmrc"), "utf8");
  expect(npmrc.split("\n")).toContain("ignore-scripts=true");
});
