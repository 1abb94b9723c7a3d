import { describe, expect, it } from "@jest/globals";
import { imageBuild } from "../../../config/production/imageBuild";
import type { AssetFile, LocalAsset, OnlineDeploymentDefinition } from "../../../config/types";

/** Does not prove that the Dockerfile builds; that has tests of its own. */

const CONTEXT = "/project/scoring";

function local(shape: LocalAsset["shape"], files: readonly AssetFile[]): LocalAsset {
  return { kind: "local", name: "n", contentHash: "h", version: "1", shape, files };
}

function deployment(code: readonly AssetFile[], model: LocalAsset): OnlineDeploymentDefinition {
  return {
    file: "/project/blue.yml",
    name: "blue",
    tags: {},
    properties: {},
    codeConfiguration: { code: local("folder", code), scoringScript: "score.py" },
    model: { ...model, modelType: "custom_model", tags: {} },
    environmentVariables: {},
    instanceType: "Standard_DS3_v2",
    instanceCount: 1,
    requestSettings: { requestTimeoutMs: 5000, maxConcurrentRequestsPerInstance: 1 },
    appInsightsEnabled: false,
  };
}

const code = [
  { path: "score.py", source: `${CONTEXT}/src/score.py` },
  { path: "package/part.py", source: `${CONTEXT}/src/package/part.py` },
];
const folder = local("folder", [
  { path: "trees/1.onnx", source: `${CONTEXT}/models/trees/1.onnx` },
  { path: "trees/deep/2.onnx", source: `${CONTEXT}/models/trees/deep/2.onnx` },
]);

const keysOf = (build: ReturnType<typeof imageBuild>) => build.problems.map(({ key }) => key);

describe("imageBuild", () => {
  it("finds the folder or the file of the model below the context", () => {
    expect(imageBuild(deployment(code, folder), CONTEXT)).toEqual({
      build: {
        context: CONTEXT,
        model: "models/trees",
        server: { kind: "script", scoringScript: "score.py" },
      },
      problems: [],
    });
    const file = local("file", [{ path: "a.onnx", source: `${CONTEXT}/models/x/a.onnx` }]);
    expect(imageBuild(deployment(code, file), CONTEXT).build?.model).toBe("models/x/a.onnx");
  });

  it("refuses code of another folder of the context, which the Dockerfile would not copy", () => {
    const other = [{ path: "score.py", source: `${CONTEXT}/other/score.py` }];
    expect(keysOf(imageBuild(deployment(other, folder), CONTEXT))).toEqual([
      "code_configuration.code",
    ]);
  });

  it("refuses a model beside models/, and one in a project of a similar name", () => {
    for (const place of [`${CONTEXT}/data/a.onnx`, `${CONTEXT}-old/models/a.onnx`]) {
      const model = local("file", [{ path: "a.onnx", source: place }]);
      expect(keysOf(imageBuild(deployment(code, model), CONTEXT))).toEqual(["model.path"]);
    }
  });

  it("refuses a model whose links make it unclear where it lies", () => {
    const linked = local("folder", [
      { path: "trees/1.onnx", source: `${CONTEXT}/models/trees/1.onnx` },
      { path: "trees/link/2.onnx", source: `${CONTEXT}/models/trees/2.onnx` },
    ]);
    expect(keysOf(imageBuild(deployment(code, linked), CONTEXT))).toEqual(["model.path"]);
  });

  it("refuses registered assets and missing parts, both at once", () => {
    const { codeConfiguration, model, ...bare } = deployment(code, folder);
    expect([codeConfiguration, model]).not.toContain(undefined);
    const registered = { kind: "workspace", name: "n", version: "1" } as const;
    const build = imageBuild(
      {
        ...bare,
        codeConfiguration: { code: registered, scoringScript: "score.py" },
        model: registered,
      },
      CONTEXT,
    );
    expect(build.problems.map(({ message }) => message.split(",")[0])).toEqual([
      "is a registered asset",
      "is a registered asset",
    ]);
    expect(imageBuild(bare, CONTEXT).problems.map(({ message }) => message.split(",")[0])).toEqual([
      "is missing",
      "is missing",
    ]);
  });
});
