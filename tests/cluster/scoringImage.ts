import { join } from "node:path";
import { baseImage } from "../container/baseImage";
import { findDocker } from "../container/docker";
import { buildOptions, deployment, SCORING } from "../container/scoringContainer";

/**
 * The image of multi-model with release RELEASE that the cluster's nodes pull: MLSCORE_SCORING_IMAGE, which somebody
 * built so, or one that is built here and pushed to MLSCORE_TEST_REGISTRY.
 */

const given = process.env["MLSCORE_SCORING_IMAGE"] ?? "";
const registry = process.env["MLSCORE_TEST_REGISTRY"] ?? "";

/** Why there is none; undefined when `scoringImage` can give it. */
export function whyNoImage(): string | undefined {
  if (given !== "") {
    return given.includes("@sha256:")
      ? undefined
      : `MLSCORE_SCORING_IMAGE is ${given}, not name@sha256:…`;
  }
  if (registry === "") {
    return (
      "MLSCORE_TEST_REGISTRY names no registry (host:port) that nodes pull from, " +
      "and MLSCORE_SCORING_IMAGE no image (name@sha256:…)"
    );
  }
  const docker = findDocker();
  return typeof docker === "string" ? docker : undefined;
}

/** @returns `name@sha256:…`; what was pushed stays in the registry, where the next run finds its layers */
export function scoringImage(): string {
  if (given !== "") return given;
  const docker = findDocker();
  if (typeof docker === "string") throw new Error(docker);
  const name = `${registry}/mlscore-cluster-tests/scoring`;
  const base = baseImage(docker, join(SCORING, "Dockerfile"));
  try {
    docker.run(
      "build",
      `--tag=${name}:test`,
      ...buildOptions(deployment("multi-model"), base.name),
    );
    docker.run("push", "--quiet", `${name}:test`);
    const digests = JSON.parse(
      docker.run("image", "inspect", "--format", "{{json .RepoDigests}}", `${name}:test`),
    ) as string[];
    const pushed = digests.find((digest) => digest.startsWith(`${name}@`));
    if (pushed === undefined) throw new Error(`${name}:test was pushed, but has no digest`);
    return pushed;
  } finally {
    docker.attempt("image", "rm", "--force", `${name}:test`);
    base.remove();
  }
}
