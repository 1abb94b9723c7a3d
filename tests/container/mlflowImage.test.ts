import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readEndpointDirectory } from "../../config/azureml";
import { imageBuild } from "../../config/production/imageBuild";
import { prepareEnvironment } from "../../local/endpoint/environment";
import { cacheDirectory } from "../../projectDirectory";
import { MLFLOW_REQUIREMENTS } from "../../mlflow/host";
import { RELEASE } from "../scoringObjects";
import { baseImage, type BaseImage } from "./baseImage";
import { findDocker, type Docker } from "./docker";
import {
  optionsFor,
  publishedPort,
  SCORING,
  startContainer,
  until,
  untilHealthy,
} from "./scoringContainer";

/**
 * Images of MLflow models without a scoring script on a real Docker engine, from the deployment's YAML and the lock that the
 * command makes to answers: one of scikit-learn and one of ONNX. The rest of the image is proved in image.test.ts.
 */

const asked = process.env["MLSCORE_CONTAINER_TESTS"] === "1";
const found = findDocker();
const PROJECT = dirname(SCORING);

/** What makes the models, with the program that makes the locks. */
const TOOLS = ["mlflow==3.17.2", "scikit-learn==1.9.1", "skl2onnx==1.20.0", "onnxruntime==1.32.0"];
/** What the image of each has. Conda takes any patch of Python for the one that is there. */
const PACKAGES = {
  sklearn: ["mlflow==3.17.2", "scikit-learn==1.9.1", "skops"],
  onnx: ["mlflow==3.17.2", "onnx", "onnxruntime==1.32.0"],
};
type Model = keyof typeof PACKAGES;
const condaFile = (pip: readonly string[]) =>
  JSON.stringify({ dependencies: ["python=3.11.9", { pip }] });

(asked ? describe : describe.skip)("the image of an MLflow model without a scoring script", () => {
  let docker: Docker;
  let base: BaseImage;
  // The context of a project that has these models.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mlscore-mlflow-image-")));
  const context = join(folder, "scoring");
  const containers: string[] = [];
  const imageOf = (model: string) => `mlscore-container-tests/mlflow-${model}:test`;

  async function saveModels(): Promise<void> {
    const isTop = (file: string) => dirname(file) === SCORING;
    const isKept = (file: string) =>
      !isTop(file) || !["tests", "models", "training", ".cache"].includes(basename(file));
    cpSync(SCORING, context, { recursive: true, filter: isKept });
    mkdirSync(join(context, "models"));
    const { directory, python } = await prepareEnvironment(condaFile([...TOOLS, "uv==0.13.9"]), {
      cacheDirectory: cacheDirectory(),
      alsoRequired: MLFLOW_REQUIREMENTS,
      onEvent: () => undefined,
    });
    const script = join(PROJECT, "tests/local/endpoint/fixtures/save_mlflow_models.py");
    const conda = join(folder, "conda.yaml");
    writeFileSync(conda, condaFile(TOOLS));
    execFileSync(python, [script, join(context, "models"), conda], { stdio: "pipe" });
    for (const [model, pip] of Object.entries(PACKAGES)) {
      writeFileSync(join(context, "models", model, "conda.yaml"), condaFile(pip));
      const lock = ["--import", "tsx", "mlflow/cli.ts", join(context, "models", model)];
      const PATH = [join(directory, "bin"), process.env["PATH"]].join(":");
      execFileSync(process.execPath, lock, { cwd: PROJECT, env: { ...process.env, PATH } });
    }
  }

  async function buildOf(model: Model) {
    const yaml = {
      name: model,
      endpoint_name: "gauges",
      model: { path: `../models/${model}`, type: "mlflow_model" },
      instance_type: "Standard_DS3_v2",
      instance_count: 1,
    };
    const directory = join(context, model);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "endpoint.yml"), "name: gauges\nauth_mode: aad_token\n");
    writeFileSync(join(directory, `${model}.yml`), JSON.stringify(yaml));
    const { definition, problems } = await readEndpointDirectory(directory);
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    const checked = imageBuild(definition!.deployments[0]!, context);
    expect(checked.problems).toEqual([]);
    return checked.build!;
  }

  async function serving(model: Model): Promise<string> {
    const options = ["--network=none", "--user=123456:0"];
    const alone = startContainer(docker, imageOf(model), { variables: {} }, ...options);
    containers.push(alone);
    const health = () => docker.run("inspect", "--format", "{{.State.Health.Status}}", alone);
    await until(docker, alone, "healthy", () => health() === "healthy");
    docker.run("rm", "--force", alone);
    const container = startContainer(
      ...([docker, imageOf(model), { variables: {} }] as const),
      "--publish=127.0.0.1::5001",
    );
    containers.push(container);
    const port = publishedPort(docker, container);
    await untilHealthy(docker, container, port);
    return `http://127.0.0.1:${port}`;
  }

  const uris = new Map<Model, string>();
  async function ask(model: Model, body: object) {
    const answer = await fetch(`${uris.get(model)}/score`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return [answer.status, await answer.json()] as const;
  }

  beforeAll(async () => {
    if (typeof found === "string") throw new Error(`The container tests cannot run: ${found}.`);
    docker = found;
    base = baseImage(docker, join(SCORING, "Dockerfile"));
    await saveModels();
    for (const model of ["sklearn", "onnx"] as const) {
      const options = optionsFor(await buildOf(model), base.name);
      docker.run("build", `--tag=${imageOf(model)}`, ...options);
      const size = Number(docker.run("image", "inspect", "--format", "{{.Size}}", imageOf(model)));
      process.stderr.write(`${model}: ${(size / 1e6).toFixed(0)} MB\n`);
      uris.set(model, await serving(model));
    }
    // Two builds, and the packages of each: minutes on two cores. It guards against a hang alone.
  }, 3_600_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    if (typeof found === "string") return;
    for (const container of containers) docker.attempt("rm", "--force", "--volumes", container);
    for (const model of ["sklearn", "onnx"]) {
      docker.attempt("image", "rm", "--force", imageOf(model));
    }
    base.remove();
  });

  const rows = [
    [1, 2],
    [3, 4],
  ];

  it("of scikit-learn answers with the prediction alone", async () => {
    const input = { columns: ["a", "b"], index: [0, 1], data: rows };
    const [status, prediction] = await ask("sklearn", { input_data: input });
    expect(status).toBe(200);
    expect((prediction as number[]).map((one) => Math.round(one))).toEqual([4, 10]);
  });

  it("of ONNX takes a tensor and answers with its named outputs", async () => {
    const [status, prediction] = await ask("onnx", { input_data: rows });
    expect(status).toBe(200);
    const { variable } = prediction as { variable: number[][] };
    expect(variable.map(([one = 0]) => Math.round(one))).toEqual([4, 10]);
  });

  it("refuses what its signature does not have, and a body without input_data", async () => {
    const input = { columns: ["a"], index: [0], data: [[1]] };
    const [refused, message] = await ask("sklearn", { input_data: input });
    expect([refused, JSON.stringify(message)]).toEqual([
      500,
      expect.stringContaining("An unexpected error occurred in scoring script"),
    ]);
    expect(await ask("sklearn", { data: rows })).toEqual([
      400,
      { message: "A value is not provided for the 'input_data' parameter." },
    ]);
  });

  it("has a Swagger document of its signature", async () => {
    const document = await (await fetch(`${uris.get("sklearn")}/swagger.json`)).json();
    expect(document).toMatchObject({
      definitions: {
        ServiceInput: { example: { input_data: { columns: ["a", "b"] } } },
      },
    });
  });

  it("has the locked packages, the release and neither pip nor the example's code", () => {
    const [container = ""] = containers.slice(-1);
    const run = (code: string) => docker.attempt("exec", container, "python", "-c", code);
    const version = "import importlib.metadata as m; print(m.version('mlflow'))";
    expect(run(version).output.trim()).toBe("3.17.2");
    expect(run("import pip").output).toContain("No module named 'pip'");
    expect(docker.run("exec", container, "ls", "/app/src")).toBe("mlflow_score.py");
    const label = '{{index .Config.Labels "mlscore.release-id"}}';
    expect(docker.run("image", "inspect", "--format", label, imageOf("onnx"))).toBe(RELEASE);
  });

  it("is not built on another Python than the lock is for", async () => {
    const build = await buildOf("onnx");
    const server = { ...build.server, python: "3.9" } as typeof build.server;
    const { status, output } = docker.attempt(
      "build",
      ...optionsFor({ ...build, server }, base.name),
    );
    expect(status).not.toBe(0);
    expect(output).toContain("The packages are locked for Python 3.9, and the base image has");
  });
});
