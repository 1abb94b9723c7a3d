import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { scoringPython } from "../python";
import { CANARY, RELEASE } from "../scoringObjects";
import { baseImage, type BaseImage } from "./baseImage";
import { findDocker, type Docker } from "./docker";
import {
  buildOptions,
  deployment,
  publishedPort,
  SCORING,
  startContainer,
  until,
  untilAccepted,
  untilHealthy,
  untilLogged,
} from "./scoringContainer";

/**
 * The scoring image on a real Docker engine, with a pod's restrictions. Does not prove the public base image unless
 * the engine has it, nor anything that Kubernetes adds.
 */

const asked = process.env["MLSCORE_CONTAINER_TESTS"] === "1";
const found = findDocker();
if (!asked) {
  // Jest drops what a wholly skipped suite logs.
  const why = typeof found === "string" ? found : "it takes minutes and downloads packages";
  process.stderr.write(`SKIPPED: tests/container, ${why}; \`npm run test:container\` runs it.\n`);
}

const SAMPLE = readFileSync(join(SCORING, "flash-flood-predictor", "sample-request.json"));
const MODEL_FILES = {
  "multi-model": [1, 2, 3].map((days) => `/app/model/multi-model/horizon-${days}d.onnx`),
  compact: ["/app/model/compact.onnx"],
};

/** A request that is in work, because half of its body has not come yet; the answer is all there was when it closed. */
function halfSent(port: number): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => (text += String(chunk)));
  const answer = new Promise<string>((resolve) => {
    socket.on("close", () => {
      resolve(text);
    });
  });
  // A server that gives up on the request may cut it off.
  socket.on("error", () => undefined);
  socket.write(
    "POST /score HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" +
      `Content-Length: ${SAMPLE.length}\r\n\r\n`,
  );
  socket.write(SAMPLE.subarray(0, 10));
  return { socket, answer };
}

(asked ? describe : describe.skip)("the scoring image", () => {
  let docker: Docker;
  let base: BaseImage;
  const images: string[] = [];
  const containers: string[] = [];
  const imageOf = (name: string) => `mlscore-container-tests/${name}:test`;

  function build(image: string, ...options: string[]): void {
    images.push(image);
    docker.run("build", `--tag=${image}`, ...options);
  }

  function start(name: string, ...options: string[]): string {
    const container = startContainer(docker, imageOf(name), deployment(name), ...options);
    containers.push(container);
    return container;
  }

  async function serving(
    name: string,
    ...options: string[]
  ): Promise<{ container: string; port: number }> {
    const container = start(name, "--publish=127.0.0.1::5001", ...options);
    const port = publishedPort(docker, container);
    await untilHealthy(docker, container, port);
    return { container, port };
  }

  const python = (container: string, code: string) =>
    docker.attempt("exec", container, "python", "-c", code);
  const config = (image: string, field: string) =>
    JSON.parse(docker.run("image", "inspect", "--format", `{{json .${field}}}`, image)) as unknown;

  beforeAll(() => {
    if (typeof found === "string") throw new Error(`The container tests cannot run: ${found}.`);
    docker = found;
    base = baseImage(docker, join(SCORING, "Dockerfile"));
    for (const name of ["multi-model", "compact"]) {
      const began = Date.now();
      build(imageOf(name), ...buildOptions(deployment(name), base.name));
      const seconds = ((Date.now() - began) / 1000).toFixed(0);
      const megabytes = (Number(config(imageOf(name), "Size")) / 1e6).toFixed(0);
      process.stderr.write(`${name}: built in ${seconds} s, ${megabytes} MB\n`);
    }
  });

  afterAll(() => {
    if (typeof found === "string") return;
    for (const container of containers) docker.attempt("rm", "--force", "--volumes", container);
    for (const image of images) docker.attempt("image", "rm", "--force", image);
    base.remove();
  });

  describe.each([
    ["multi-model", "scorehost"],
    ["compact", "scorehost"],
    ["compact", "azmlinfsrv"],
  ] as const)("%s on %s", (name, server) => {
    let container: string;
    let port: number;

    beforeAll(async () => {
      const began = Date.now();
      ({ container, port } = await serving(name, `--env=SCORING_SERVER=${server}`));
      process.stderr.write(`${name} on ${server}: healthy after ${Date.now() - began} ms\n`);
    });

    it("keeps the whole scoring contract, the server's own part included", () => {
      const pytest = ["-m", "pytest", "-q", "--no-cov", "-p", "no:cacheprovider", "tests/contract"];
      const { status, stdout } = spawnSync(scoringPython(), pytest, {
        cwd: SCORING,
        encoding: "utf8",
        env: { ...process.env, SCORING_URI: `http://127.0.0.1:${port}/score`, SCORING_KEY: "" },
      });
      const summary = stdout.trim().split("\n").at(-1) ?? "";
      if (status !== 0) throw new Error(stdout);
      expect(summary).toMatch(/^\d{2,} passed/);
      expect(summary).not.toMatch(/skipped|deselected/);
      process.stderr.write(`${name}: contract ${summary}\n`);
    });

    it("serves its own model, laid out as Azure lays it out", () => {
      const files = docker.run("exec", container, "find", "/app/model", "-type", "f");
      expect(files.split("\n").sort()).toEqual(MODEL_FILES[name]);
    });

    it("says which release, model and script it holds", () => {
      expect(config(imageOf(name), "Config.Labels")).toMatchObject({
        "org.opencontainers.image.version": RELEASE,
        "mlscore.release-id": RELEASE,
        "mlscore.model": deployment(name).model,
        "mlscore.scoring-script": deployment(name).scoringScript,
      });
    });

    it("finishes the request in work when it is stopped, and ends by itself", async () => {
      const { socket, answer } = halfSent(port);
      await untilAccepted(docker, container);
      const stopped = docker.start("stop", "--time", "600", container);
      await untilLogged(docker, container, "Handling signal: term");
      expect(docker.run("inspect", "--format", "{{.State.Running}}", container)).toBe("true");
      socket.end(SAMPLE.subarray(10));
      expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(await answer).toContain('"predictions"');
      await stopped;
      // Not 137: it ended before Docker would have ended it.
      expect(docker.run("inspect", "--format", "{{.State.ExitCode}}", container)).toBe("0");
    });
  });

  describe("inside", () => {
    let container: string;
    beforeAll(async () => {
      ({ container } = await serving("multi-model"));
    });

    it("runs as a numbered user that is not root", () => {
      expect(config(imageOf("multi-model"), "Config.User")).toBe("10001:10001");
      expect(docker.run("exec", container, "id", "-u")).toBe("10001");
    });

    it.each(["/probe", "/app/src/probe", "/opt/venv/probe", "/opt/bytecode/probe"])(
      "cannot write %s",
      (file) => {
        const { status, output } = python(container, `open("${file}", "w")`);
        expect(status).toBe(1);
        expect(output).toContain("Read-only file system");
      },
    );

    it("can write to /tmp", () => {
      expect(python(container, 'open("/tmp/probe", "w")').status).toBe(0);
    });

    it("holds neither pip nor a compiler", () => {
      expect(python(container, "import pip").output).toContain("No module named 'pip'");
      for (const compiler of ["cc", "gcc", "g++", "clang"]) {
        const which = `import shutil; exit(shutil.which("${compiler}") is not None)`;
        expect([compiler, python(container, which).status]).toEqual([compiler, 0]);
      }
    });

    it.each(["json", "onnxruntime", "flashflood.model"])("has bytecode of %s", (module) => {
      const code = `import os, sys; sys.path.append("/app/src"); import ${module} as m
print(m.__cached__, os.path.isfile(m.__cached__))`;
      expect(python(container, code).output).toMatch(/^\/opt\/bytecode\/\S+\.pyc True\n$/);
    });
  });

  it("needs no network and no known user to become healthy", async () => {
    const container = start("compact", "--network=none", "--user=123456:0");
    const health = () =>
      docker.run("inspect", "--format", "{{.State.Health.Status}}", container).trim();
    await until(docker, container, "healthy", () => health() === "healthy");
    expect(docker.run("exec", container, "id", "-u")).toBe("123456");
  });

  it("ends at once where another release is expected, and says which it has", () => {
    const container = start("compact", `--env=EXPECTED_RELEASE_ID=${CANARY.releaseId}`);
    expect(docker.run("wait", container)).toBe("1");
    expect(docker.attempt("logs", container).output.trim()).toBe(
      `This image has release ${RELEASE}, but ${CANARY.releaseId} is to run: name its image.`,
    );
  });

  it("starts where its own release is expected, and waits for requests as long as DRAIN_SECONDS says", async () => {
    const { container, port } = await serving(
      "compact",
      `--env=EXPECTED_RELEASE_ID=${RELEASE}`,
      // Longer than the default of 20, so that a slow machine cannot be confused with the setting.
      "--env=DRAIN_SECONDS=24",
    );
    const { answer } = halfSent(port);
    await untilAccepted(docker, container);
    const began = Date.now();
    docker.run("stop", "--time", "600", container);
    expect((Date.now() - began) / 1000).toBeGreaterThanOrEqual(24);
    expect(docker.run("inspect", "--format", "{{.State.ExitCode}}", container)).toBe("0");
    expect(await answer).toMatch(/^HTTP\/1\.1 503 /);
  });

  it("ends at once where the server has no such name", () => {
    const container = start("compact", "--env=SCORING_SERVER=other");
    expect(docker.run("wait", container)).toBe("1");
    expect(docker.attempt("logs", container).output.trim()).toBe(
      "SCORING_SERVER='other' is neither scorehost nor azmlinfsrv.",
    );
  });

  it("is not built without a model, or with a script that is not there", () => {
    const { model, scoringScript } = deployment("compact");
    const attempt = (what: { model: string; scoringScript: string }) =>
      docker.attempt("build", ...buildOptions(what, base.name));
    const noModel = attempt({ model: "", scoringScript });
    expect(noModel.status).not.toBe(0);
    expect(noModel.output).toContain("is the path below the context");
    expect(attempt({ model, scoringScript: "nothing.py" }).status).not.toBe(0);
  });

  it("has the same layers when it is built again from nothing", () => {
    const again = "mlscore-container-tests/again:test";
    build(again, "--no-cache", ...buildOptions(deployment("compact"), base.name));
    const layers = config(again, "RootFS.Layers") as string[];
    expect(layers.length).toBeGreaterThan(3);
    expect(layers).toEqual(config(imageOf("compact"), "RootFS.Layers"));
  });
});
