import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { DEFAULT_SUBSCRIPTION, JobRun, SUBSCRIPTIONS, type Context } from "./job";

/** As whom, and in which subscription, each step of the workflows talks to Azure. Does not prove what GitHub does. */

const VARIABLES: Context = {
  "vars.PREVIEW_CLIENT_ID": "reader",
  "vars.UP_CLIENT_ID": "deployer",
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

describe.each(["sandbox", "production"] as const)("an update of %s", (stack) => {
  const context = { ...VARIABLES, "inputs.stack": stack };

  it("is previewed as the identity that reads, in the stack's subscription", () => {
    job.write("review-out.md", "");
    job.fake(
      "npm",
      'mkdir -p review-out && touch review-out/review.md; echo "npm $*" >>"$FAKES/log"',
    );
    job.run("up.yml", "preview", context);
    expect(job.status).toBe(0);
    expect(asked()).toEqual([`reader ${SUBSCRIPTIONS[stack]}`]);
  });

  it("changes nothing where preflight finds something missing", () => {
    job.fake("npm", 'case "$*" in *preflight*) exit 1 ;; esac');
    job.run("up.yml", "up", context);
    expect(job.status).toBe(1);
    expect(job.log().filter((line) => line.startsWith("pulumi"))).toEqual([]);
  });

  it("is made as the identity that deploys, in the stack's subscription", () => {
    job.run("up.yml", "up", context);
    expect(job.status).toBe(0);
    expect(new Set(asked())).toEqual(new Set([`deployer ${SUBSCRIPTIONS[stack]}`]));
    const log = job.log();
    const preflight = log.indexOf(`npm run preflight -- --azure --stack ${stack}`);
    expect(preflight).toBeGreaterThan(log.findIndex((line) => line.startsWith("azure/login")));
    expect(preflight).toBeLessThan(log.findIndex((line) => line.startsWith("pulumi")));
    expect(new Set(job.environment())).toEqual(new Set(["AzureCLICredential true"]));
  });
});
