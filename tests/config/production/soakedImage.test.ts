import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { inputsOf, namesOf, productionRun, sandboxRun } from "../../stacks";
import { faults, problems } from "./harness";

/** One image for both stacks. Does not prove that Azure ML or AKS start it; tests/container starts ours. */

const FIXTURE = join(__dirname, "..", "..", "fixtures", "container");
const SOAKS = `sha256:${"b".repeat(64)}`;

const built = { endpointDirectory: FIXTURE, deployment: "built" };
const production = { ...built, image: { digest: `gauge@${SOAKS}` } };

describe("a deployment that names its image", () => {
  it("runs in the sandbox with its routes, and without code", async () => {
    const run = await sandboxRun({ endpointDirectory: FIXTURE });
    const [name = ""] = namesOf(run, ":EnvironmentVersion");
    const type = "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion";
    expect(inputsOf(run, type, name)["properties"]).toMatchObject({
      image: `crsandbox.azurecr.io/gauge@${SOAKS}`,
      inferenceConfig: {
        livenessRoute: { path: "/", port: 5001 },
        readinessRoute: { path: "/", port: 5001 },
        scoringRoute: { path: "/score", port: 5001 },
      },
    });
    expect(namesOf(run, ":CodeVersion")).toEqual([]);
  });

  it("has the port on which scoring/Dockerfile's server listens", () => {
    const dockerfile = readFileSync(join(__dirname, "../../../scoring/Dockerfile"), "utf8");
    expect(/^EXPOSE (\d+)$/m.exec(dockerfile)?.[1]).toBe("5001");
  });

  it("is one release in both stacks, which passes the gate when it has soaked", async () => {
    const { outputs } = await sandboxRun({ endpointDirectory: FIXTURE });
    const { releases } = outputs as { releases: { built: { id: string } } };
    const since = "2020-01-01T00:00:00Z";
    const sandbox = { releases: { built: { id: releases.built.id, since, trafficSince: since } } };
    const run = await productionRun(production, [], { "organization/mlscore/sandbox": sandbox });
    expect(run.outputs["release"]).toEqual({ releaseId: releases.built.id, trafficSince: since });
    expect(JSON.stringify(run.resources)).not.toContain("EXPECTED_RELEASE_ID");
    expect(JSON.stringify(run.resources)).toContain(`gauge@${SOAKS}`);
  });

  it("is refused in production with another image", async () => {
    const other = `gauge@sha256:${"c".repeat(64)}`;
    expect(await faults({ ...built, image: { digest: other } })).toEqual([
      expect.stringMatching(
        new RegExp(
          `image.digest: is "${other}", but built soaks with ${SOAKS} \\(.*built.yml, environment.image\\); production runs that one$`,
        ),
      ),
    ]);
  });

  it("is refused with a canary, whose image nothing ties to its release", async () => {
    const canary = {
      image: `gauge@sha256:${"c".repeat(64)}`,
      releaseId: "d".repeat(64),
      weight: 5,
    };
    expect(await faults({ ...production, canary })).toContainEqual(
      expect.stringContaining("canary: is not possible while built names its image"),
    );
  });

  describe("by a tag", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "mlscore-image-"));
      cpSync(FIXTURE, folder, { recursive: true });
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it("is refused in production, since a tag moves", async () => {
      const file = join(folder, "built.yml");
      writeFileSync(file, readFileSync(file, "utf8").replace(`@${SOAKS}`, ":1.2"));
      expect(await faults({ ...production, endpointDirectory: folder })).toEqual([
        expect.stringContaining(
          "deployment: names crsandbox.azurecr.io/gauge:1.2 without a digest",
        ),
      ]);
    });
  });
});

it("warns of an image that docker builds", async () => {
  const scoring = { endpointDirectory: "scoring/flash-flood-predictor", deployment: "multi-model" };
  // An error makes the warnings visible.
  const found = await problems({ ...scoring, image: { build: "docker" }, location: "nowhere" });
  expect(JSON.stringify(found)).toContain("that is for trials");
});
