import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { faults, load, network, problems } from "./harness";

/** Does not prove that an image can be built or pulled. */

const DIGEST = `@sha256:${"b".repeat(64)}`;

const COMMIT = "c".repeat(40);

describe("the image", () => {
  const scoring = {
    endpointDirectory: "scoring/flash-flood-predictor",
    deployment: "multi-model",
  };
  const build = {
    context: join(__dirname, "..", "..", "..", "scoring"),
    model: "models/multi-model",
    server: { kind: "script", scoringScript: "score_multiple.py" },
  };
  const source = `https://git.example.org/team/repository.git#${COMMIT}:scoring`;
  const withAgents = network({ subnets: { build: "10.60.7.0/28" } });

  it("is built by docker from the deployment's files", async () => {
    expect((await load({ ...scoring, image: { build: "docker" } })).image).toEqual({
      kind: "docker",
      build,
    });
    const compact = await load({
      ...scoring,
      deployment: "compact",
      image: { build: "docker", baseImage: `mcr.example.org/python${DIGEST}` },
    });
    expect(compact.image).toEqual({
      kind: "docker",
      baseImage: `mcr.example.org/python${DIGEST}`,
      build: {
        ...build,
        model: "models/compact/compact.onnx",
        server: { kind: "script", scoringScript: "score_compact.py" },
      },
    });
  });

  it("is built by an agent pool from a commit", async () => {
    const config = await load({ ...scoring, ...withAgents, image: { build: "agentPool", source } });
    expect(config.image).toEqual({ kind: "agentPool", source, build });
    expect(config.network.vnet).toMatchObject({ subnets: { build: "10.60.7.0/28" } });
  });

  it.each([
    `gauge${DIGEST}`,
    `crflood.azurecr.io/team/gauge${DIGEST}`,
    `localhost:5000/gauge${DIGEST}`,
    `team/sub-team/gauge_1.x${DIGEST}`,
  ])("is %s as it is written", async (digest) => {
    expect((await load({ image: { digest } })).image).toEqual({
      kind: "digest",
      reference: digest,
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a tag",
      { image: { digest: "crflood.azurecr.io/gauge:1.2" } },
      'image.digest: is "crflood.azurecr.io/gauge:1.2", and the tag "1.2" can be moved; write crflood.azurecr.io/gauge@sha256:…',
    ],
    [
      "no tag and no digest",
      { image: { digest: "host:5000/gauge" } },
      'image.digest: is "host:5000/gauge", which names no digest; write host:5000/gauge@sha256:…',
    ],
    [
      "a digest of 63 digits",
      { image: { digest: `gauge${DIGEST.slice(0, -1)}` } },
      `image.digest: is "gauge${DIGEST.slice(0, -1)}"; after the @ comes sha256: and 64 lower-case hex digits`,
    ],
    [
      "a tag beside the digest",
      { image: { digest: `gauge:1${DIGEST}` } },
      expect.stringContaining(
        "leave the tag out, the digest alone says what runs",
      ) as unknown as string,
    ],
    [
      "nothing at all",
      { image: {} },
      "image: has neither digest (name@sha256:…) nor build (docker or agentPool)",
    ],
    [
      "both digest and build",
      { image: { digest: `gauge${DIGEST}`, build: "docker" } },
      "image.build: is for an image that is built, and digest names one that exists; keep one of the two",
    ],
    [
      "a base image by tag",
      { ...scoring, image: { build: "docker", baseImage: "python:3.11" } },
      'image.baseImage: is "python:3.11", and the tag "3.11" can be moved; write python@sha256:…',
    ],
    [
      "a source for docker",
      { ...scoring, image: { build: "docker", source } },
      "image.source: is for build: agentPool; docker builds from the folder scoring/ of this project",
    ],
    [
      "an agent pool without source",
      { ...scoring, ...withAgents, image: { build: "agentPool" } },
      "image.source: is missing; an agent pool builds from a commit, https://…/name.git#<commit>:<folder>",
    ],
    [
      "a branch",
      {
        ...scoring,
        ...withAgents,
        image: { build: "agentPool", source: "https://git.example.org/r.git#main:scoring" },
      },
      'image.source: is "https://git.example.org/r.git#main:scoring"; "main" can move, write the commit with its 40 hex digits',
    ],
    [
      "a source without a folder",
      {
        ...scoring,
        ...withAgents,
        image: { build: "agentPool", source: `https://git.example.org/r.git#${COMMIT}` },
      },
      expect.stringContaining("without the folder that has the Dockerfile") as unknown as string,
    ],
    [
      "an agent pool without a subnet",
      { ...scoring, image: { build: "agentPool", source } },
      "network.subnets.build: is missing; the agent pool that builds the image (image.build: agentPool) needs a subnet",
    ],
  ])("is refused with %s", async (_what, changes, expected) => {
    expect(await faults(changes)).toEqual([expected]);
  });

  it("is refused with a token in its source, which is never shown", async () => {
    const secret = `https://user:hunter2@git.example.org/r.git#${COMMIT}:scoring`;
    const found = await faults({
      ...scoring,
      ...withAgents,
      image: { build: "agentPool", source: secret },
    });
    expect(found).toEqual([
      "image.source: has a user name or a token in its address; take it out, and give the registry's task its own credential",
    ]);
  });

  it("is not built from code and a model outside scoring/", async () => {
    const found = (await problems({ image: { build: "docker" } })).filter(
      ({ severity }) => severity === "error",
    );
    expect(found.map(({ file, key }) => [file.split("/").at(-1), key])).toEqual([
      ["green.yml", "code_configuration.code"],
      ["green.yml", "model.path"],
    ]);
    expect(found[0]?.message).toBe(
      "lies outside scoring/src, which is what the image is built from; move it there, or set mlscore:image to the digest of an image that has it",
    );
  });
});
