import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import {
  buildTask,
  builtDigest,
  qualifiedReference,
  ScoringImage,
  type ScoringImageArgs,
} from "../../components/image";
import { buildArguments } from "../../components/imageArguments";
import type { ImageBuild, ImageSource } from "../../config/production/productionTypes";

/** What is declared, under Pulumi's mocks; that Docker and Azure do it is not proved here. */

const DIGEST = `sha256:${"d".repeat(64)}`;
const RELEASE = "0123456789abcdef".repeat(4);
const TAGGED = "crflood.azurecr.io/flood:0123456789abcdef";
const BUILT = `crflood.azurecr.io/flood@${DIGEST}`;
const COMMIT = "https://git.example/flood.git#4f2a:scoring";
const BUILD: ImageBuild = {
  context: join(process.cwd(), "scoring"),
  model: "models/multi-model",
  server: { kind: "script", scoringScript: "score_multiple.py" },
};
const ARGUMENTS = {
  MODEL: "models/multi-model",
  SCORING_SCRIPT: "score_multiple.py",
  RELEASE_ID: RELEASE,
};

const here: ImageSource = { kind: "docker", build: BUILD };
const byAgents = { kind: "agentPool", source: COMMIT, build: BUILD } as const;

function argsFor(source: ImageSource, changes: Partial<ScoringImageArgs> = {}): ScoringImageArgs {
  return {
    source,
    repository: "flood",
    releaseId: RELEASE,
    registryName: "crflood",
    registryLoginServer: "crflood.azurecr.io",
    resourceGroupName: "rg",
    location: "canadacentral",
    buildSubnetId: "/subnets/build",
    tags: { owner: "tests" },
    ...changes,
  };
}

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly ignoreChanges: readonly string[];
}

interface Request {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getIgnorechangesList(): string[];
}

/** What the registry and the Docker engine answer, by kind of resource; anything else must not be asked for. */
const STATES: Record<string, Record<string, unknown>> = {
  "docker:index/image:Image": { repoDigest: BUILT },
  "azure-native:containerregistry:AgentPool": {},
  "azure-native:containerregistry:TaskRun": {
    runResult: { outputImages: [{ repository: "flood", digest: DIGEST }] },
  },
};

/** The custom resources of one image, and its reference: undefined where it is unknown. */
async function declared(
  args: ScoringImageArgs,
  { preview = false } = {},
): Promise<{ resources: Declared[]; reference: string | undefined }> {
  const resources: Declared[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name }) => {
        if (type === "mlscore:image:ScoringImage") return { id: undefined, state: {} };
        const state = STATES[type];
        if (state === undefined) throw new Error(`not mocked: ${type}`);
        return { id: preview ? undefined : `${name}-id`, state: preview ? {} : state };
      },
      call: ({ token }) => {
        throw new Error(`not mocked: ${token}`);
      },
    },
    "mlscore",
    "tests",
    preview,
  );
  // Mocks are not told the options.
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: (request: Request, callback: unknown) => Promise<void>;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    if (request.getCustom()) {
      resources.push({
        type: request.getType(),
        name: request.getName(),
        inputs: request.getObject().toJavaScript(),
        ignoreChanges: request.getIgnorechangesList(),
      });
    }
    return register(request, callback);
  };
  const { reference } = new ScoringImage("image", args);
  const output = reference as pulumi.Output<string> & {
    promise(): Promise<string>;
    isKnown: Promise<boolean>;
  };
  const known = await output.isKnown;
  const value = known ? await output.promise() : undefined;
  await pulumi.runtime.disconnect();
  return { resources, reference: value };
}

describe("an image by digest", () => {
  it("needs no resource at all, and is known in a preview", async () => {
    const source = { kind: "digest", reference: `flood@${DIGEST}` } as const;
    const expected = { resources: [], reference: `crflood.azurecr.io/flood@${DIGEST}` };
    expect(await declared(argsFor(source))).toEqual(expected);
    expect(await declared(argsFor(source), { preview: true })).toEqual(expected);
  });

  it.each([
    ["flood", "crflood.azurecr.io/flood"],
    ["team/flood", "crflood.azurecr.io/team/flood"],
    ["other.azurecr.io/flood", "other.azurecr.io/flood"],
    ["localhost:5000/flood", "localhost:5000/flood"],
    ["localhost/flood", "localhost/flood"],
    ["localhosts/flood", "crflood.azurecr.io/localhosts/flood"],
  ])("takes %s for %s", (name, qualified) => {
    expect(qualifiedReference(`${name}@${DIGEST}`, "crflood.azurecr.io")).toBe(
      `${qualified}@${DIGEST}`,
    );
  });
});

describe("an image that is built here", () => {
  it("is one docker.Image with paths relative to the program and without credentials", async () => {
    const { resources, reference } = await declared(argsFor(here));
    expect(resources).toEqual([
      {
        type: "docker:index/image:Image",
        name: "image-build",
        inputs: {
          imageName: TAGGED,
          build: {
            context: "scoring",
            dockerfile: "scoring/Dockerfile",
            args: ARGUMENTS,
            platform: "linux/amd64",
            builderVersion: "BuilderBuildKit",
          },
          buildOnPreview: false,
          skipPush: false,
        },
        ignoreChanges: [],
      },
    ]);
    expect(reference).toBe(BUILT);
  });

  it("passes another base image on", async () => {
    const source: ImageSource = { ...here, baseImage: `base@${DIGEST}` };
    const { resources } = await declared(argsFor(source));
    expect(resources[0]?.inputs["build"]).toMatchObject({
      args: { ...ARGUMENTS, BASE_IMAGE: `base@${DIGEST}` },
    });
  });

  it("has no reference yet in a preview", async () => {
    const { resources, reference } = await declared(argsFor(here), { preview: true });
    expect(resources).toHaveLength(1);
    expect(reference).toBeUndefined();
  });
});

describe("an image that an agent pool builds", () => {
  it("is a pool in the subnet and one run of the release, which another commit does not repeat", async () => {
    const { resources, reference } = await declared(argsFor(byAgents));
    const place = { registryName: "crflood", resourceGroupName: "rg", location: "canadacentral" };
    expect(resources).toEqual([
      {
        type: "azure-native:containerregistry:AgentPool",
        name: "image-agents",
        inputs: {
          ...place,
          agentPoolName: "build",
          count: 1,
          os: "Linux",
          tier: "S1",
          virtualNetworkSubnetResourceId: "/subnets/build",
          tags: { owner: "tests" },
        },
        ignoreChanges: [],
      },
      {
        type: "azure-native:containerregistry:TaskRun",
        name: "image-build-0123456789abcdef",
        inputs: {
          ...place,
          taskRunName: "build-0123456789abcdef",
          forceUpdateTag: RELEASE,
          runRequest: {
            type: "EncodedTaskRunRequest",
            agentPoolName: "build",
            credentials: { sourceRegistry: { loginMode: "Default" } },
            encodedTaskContent: Buffer.from(buildTask(byAgents, argsFor(byAgents))).toString(
              "base64",
            ),
            platform: { os: "Linux", architecture: "amd64" },
            sourceLocation: COMMIT,
            timeout: 1800,
          },
        },
        ignoreChanges: ["runRequest.sourceLocation"],
      },
    ]);
    expect(reference).toBe(BUILT);
  });

  it("of an MLflow model without a script is told of its server and its lock", () => {
    const server = { kind: "mlflow", lock: "models/m/requirements.lock", python: "3.11" } as const;
    expect(buildArguments({ ...BUILD, model: "models/m", server }, undefined, RELEASE)).toEqual({
      MODEL: "models/m",
      CODE: "mlflow",
      SCORING_SCRIPT: "mlflow_score.py",
      REQUIREMENTS: "models/m/requirements.lock",
      PYTHON: "3.11",
      SERVER: "azmlinfsrv",
      RELEASE_ID: RELEASE,
    });
  });

  it("turns BuildKit on, which the registry's tasks leave off, and pushes", () => {
    expect(parse(buildTask(byAgents, argsFor(byAgents)))).toEqual({
      version: "v1.1.0",
      stepTimeout: 1800,
      steps: [
        {
          build: `--tag ${TAGGED} --platform linux/amd64 --build-arg MODEL=models/multi-model --build-arg SCORING_SCRIPT=score_multiple.py --build-arg RELEASE_ID=${RELEASE} .`,
          env: ["DOCKER_BUILDKIT=1"],
        },
        { push: [TAGGED] },
      ],
    });
  });

  it.each(["models/my model", "models/a;reboot", "models/$(id)", ""])(
    "refuses %j, which a shell would read in its own way",
    (model) => {
      const source = { ...byAgents, build: { ...BUILD, model } };
      expect(() => buildTask(source, argsFor(source))).toThrow(
        `${JSON.stringify(model)} cannot be passed to a build by an agent pool`,
      );
    },
  );

  it("asks for the subnet", () => {
    const { buildSubnetId: _none, ...args } = argsFor(byAgents);
    expect(() => new ScoringImage("image", args)).toThrow("needs the subnet");
  });

  it("has no reference yet in a preview", async () => {
    const { resources, reference } = await declared(argsFor(byAgents), { preview: true });
    expect(resources).toHaveLength(2);
    expect(reference).toBeUndefined();
  });

  it("fails with the run and its message where there is no digest of this image", () => {
    const run = {
      name: "ca1",
      runId: "ca1",
      status: "Failed",
      runErrorMessage: "out of disk",
      outputImages: [{ repository: "other", digest: DIGEST }],
    } as unknown as Parameters<typeof builtDigest>[0];
    expect(() => builtDigest(run, "flood")).toThrow(
      "The registry's run ca1 (Failed) returned no digest of flood: out of disk. Its log: az acr task logs --run-id ca1",
    );
  });
});
