import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { releaseId } from "../../config/release";
import type { AssetReference, LocalAsset, OnlineDeploymentDefinition } from "../../config/types";

interface Parts {
  readonly code: LocalAsset | AssetReference;
  readonly scoringScript: string;
  readonly environment: string | AssetReference;
  readonly model: string | AssetReference;
}

function local(contentHash: string): LocalAsset {
  return { kind: "local", name: "n", contentHash, version: "1", shape: "folder", files: [] };
}

function deployment(parts: Parts): OnlineDeploymentDefinition {
  const { environment, model } = parts;
  return {
    file: "/x.yml",
    name: "blue",
    tags: {},
    properties: {},
    codeConfiguration: { code: parts.code, scoringScript: parts.scoringScript },
    environment:
      typeof environment === "string"
        ? {
            kind: "inline",
            name: "e",
            version: "1",
            tags: {},
            properties: {},
            contentHash: environment,
          }
        : environment,
    model:
      typeof model === "string" ? { ...local(model), modelType: "custom_model", tags: {} } : model,
    environmentVariables: {},
    instanceType: "Standard_DS3_v2",
    instanceCount: 1,
    requestSettings: { requestTimeoutMs: 5000, maxConcurrentRequestsPerInstance: 1 },
    appInsightsEnabled: false,
  };
}

const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const reference = fc.oneof(
  fc.record({
    kind: fc.constant("workspace" as const),
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    version: fc.stringMatching(/^[0-9]{1,3}$/),
  }),
  fc.record({
    kind: fc.constant("id" as const),
    id: fc.stringMatching(/^azureml:\/\/registries\/r\/models\/[a-z]{1,8}\/versions\/[0-9]$/),
  }),
);
const parts: fc.Arbitrary<Parts> = fc.record({
  code: fc.oneof(hash.map(local), reference),
  scoringScript: fc.stringMatching(/^[a-z]{1,8}\.py$/),
  environment: fc.oneof(hash, reference),
  model: fc.oneof(hash, reference),
});

describe("releaseId", () => {
  it("is 64 hex digits, the same for the same parts", () => {
    fc.assert(
      fc.property(parts, (one) => {
        expect(releaseId(deployment(one))).toMatch(/^[0-9a-f]{64}$/);
        expect(releaseId(deployment(structuredClone(one)))).toBe(releaseId(deployment(one)));
      }),
    );
  });

  it("changes with each part alone", () => {
    fc.assert(
      fc.property(
        parts,
        parts,
        fc.constantFrom("code", "scoringScript", "environment", "model"),
        (one, other, key) => {
          const changed = { ...one, [key]: other[key] };
          fc.pre(JSON.stringify(changed) !== JSON.stringify(one));
          expect(releaseId(deployment(changed))).not.toBe(releaseId(deployment(one)));
        },
      ),
    );
  });

  it("does not take one part for another", () => {
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    const base = { code: local("c".repeat(64)), scoringScript: "s.py" };
    expect(releaseId(deployment({ ...base, environment: a, model: b }))).not.toBe(
      releaseId(deployment({ ...base, environment: b, model: a })),
    );
  });

  it("leaves out names, versions, variables and everything else that is a setting", () => {
    const one = deployment({
      code: local("a".repeat(64)),
      scoringScript: "s.py",
      environment: "b".repeat(64),
      model: "c".repeat(64),
    });
    const other: OnlineDeploymentDefinition = {
      ...one,
      file: "/y.yml",
      name: "green",
      codeConfiguration: {
        code: { ...local("a".repeat(64)), name: "other", version: "2" },
        scoringScript: "s.py",
      },
      environmentVariables: { WORKER_COUNT: "2" },
      instanceCount: 5,
      tags: { owner: "x" },
    };
    expect(releaseId(other)).toBe(releaseId(one));
  });

  it("compares ARM ids without regard to case, as Azure does", () => {
    const id = "/subscriptions/S/resourceGroups/g/models/m/versions/1";
    const of = (text: string) =>
      releaseId(
        deployment({
          code: local("a".repeat(64)),
          scoringScript: "s.py",
          environment: "b".repeat(64),
          model: { kind: "id", id: text },
        }),
      );
    expect(of(id.toUpperCase())).toBe(of(id));
  });

  it("is there without code, environment and model too", () => {
    const { codeConfiguration, environment, model, ...bare } = deployment({
      code: local("a".repeat(64)),
      scoringScript: "s.py",
      environment: "b".repeat(64),
      model: "c".repeat(64),
    });
    expect([codeConfiguration, environment, model]).not.toContain(undefined);
    expect(releaseId(bare)).toMatch(/^[0-9a-f]{64}$/);
  });
});
