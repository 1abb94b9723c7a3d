import { describe, expect, it } from "@jest/globals";
import { blockMarkdown } from "../../review/markdown";
import type { Resource, StackReview } from "../../review/model";
import { capacitySection } from "../../review/sections/capacity";
import { changesSection } from "../../review/sections/changes";
import { plainSecretsSection } from "../../review/sections/plainSecrets";
import { releaseSection } from "../../review/sections/releases";
import { trafficSection } from "../../review/sections/traffic";
import { change, compared, graph, resource, told } from "./smallStack";

/** Requests, releases, secrets, money and names, in exact words. */

const SPLIT = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";

function split(traffic: object, mirrorTraffic: object = {}): Resource {
  const deployments = { blue: "b", green: "g" };
  return resource(SPLIT, "split", { endpointName: "flood", deployments, traffic, mirrorTraffic });
}

function instances(name: string, capacity: number, location = "here"): Resource {
  return resource("machinelearningservices:OnlineDeployment", name, {
    deploymentName: name,
    sku: { capacity },
    location,
  });
}

describe("traffic", () => {
  it("that moves is told by deployment, with mirrored requests and instances", () => {
    const before = [split({ blue: 90, green: 10 }), instances("blue", 2)];
    const after = [split({ blue: 100, green: 0 }, { green: 5 }), instances("blue", 3)];
    const section = trafficSection(change(before, after));
    expect(told(section)).toEqual([
      "review: Traffic: flood: blue 90 % → 100 %, green 10 % → 0 % and 5 % mirrored",
    ]);
    expect(section.blocks.map(blockMarkdown)).toEqual([
      [
        "| deployment | before | after | mirrored before | after | instances before | after |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| `blue` | 90 % | 100 % | 0 % | 0 % | `2` | `3` |",
        "| `green` | 10 % | 0 % | 0 % | 5 % | – | – |",
      ].join("\n"),
    ]);
  });

  it("that stays is no news", () => {
    const same = [split({ blue: 90, green: 10 })];
    expect(told(trafficSection(change(same, same)))).toEqual([]);
  });

  it("of a route is shares of its weights", () => {
    const route = (...weights: number[]) =>
      resource("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "route", {
        spec: {
          hostnames: ["flood.example"],
          rules: [
            {
              backendRefs: weights.map((weight, i) => ({ name: ["stable", "canary"][i], weight })),
            },
          ],
        },
      });
    expect(told(trafficSection(change([route(100)], [route(30, 10)])))).toEqual([
      "review: Traffic: flood.example: canary none → 25 %, stable 100 % → 75 %",
    ]);
  });

  it("stops while a deployment that has some is replaced", () => {
    const review = change(
      [split({ blue: 100, green: 0 }), instances("blue", 1), instances("green", 1)],
      [
        split({ blue: 100, green: 0 }),
        instances("blue", 1, "there"),
        instances("green", 1, "there"),
      ],
    );
    expect(told(trafficSection(review))).toEqual([
      "blocking: Traffic: blue serves requests and would be replaced (location): the whole endpoint is unavailable meanwhile; a deployment with a new name avoids this",
    ]);
  });
});

describe("the release gate", () => {
  const pod = (id: string, exception?: string) =>
    resource("kubernetes:apps/v1:Deployment", "pods", {
      metadata: {
        name: "stable",
        annotations: {
          "mlscore/release-id": id.repeat(64),
          ...(exception === undefined ? {} : { "mlscore/release-exception": exception }),
        },
      },
    });
  const trying = (id: string) =>
    compared(
      graph([]),
      graph([], { outputs: { releases: { blue: { id: id.repeat(64), since: "x" } } } }),
    );
  const releaseTold = (review: StackReview, ...others: StackReview[]) =>
    told(releaseSection(review, [review, ...others]));

  it("tells another release, and the sandbox's", () => {
    expect(releaseTold(change([pod("a")], [pod("b")]), trying("b"))).toEqual([
      "review: Release: stable would run bbbbbbbbbbbb (was aaaaaaaaaaaa)",
    ]);
    expect(releaseTold(trying("b"))).toEqual(["review: Release: blue would run bbbbbbbbbbbb"]);
    expect(releaseTold(change([pod("a")], [pod("a")]), trying("b"))).toEqual([]);
  });

  it("tells a release that the sandbox would not have tried", () => {
    expect(releaseTold(change([pod("a")], [pod("b")]), trying("c"))).toEqual([
      "review: Release: stable would run bbbbbbbbbbbb (was aaaaaaaaaaaa)",
      "review: Release: no deployment of the sandbox runs bbbbbbbbbbbb, which stable would run; the gate passes only if it soaked earlier",
    ]);
  });

  it("tells an exception with its reason", () => {
    expect(releaseTold(change([pod("a")], [pod("b", "an urgent fix")]), trying("c"))).toEqual([
      "blocking: Release: stable would run bbbbbbbbbbbb (was aaaaaaaaaaaa) without having soaked: an urgent fix",
    ]);
  });
});

describe("secrets and warnings", () => {
  const variables = (environmentVariables: object) =>
    resource("keyvault:Vault", "v", { environmentVariables });

  it("are never in a review, also where the program of a commit did not mask them", () => {
    const review = change([variables({})], [variables({ API_KEY: "hunter2" })]);
    expect(JSON.stringify(review)).not.toContain("hunter2");
    expect(JSON.stringify(review)).toContain("[looks like a secret: hidden]");
  });

  it("are no news where they stood before, also some lines further up", () => {
    const warned = (...warnings: string[]) => graph([], { warnings });
    const secret = (line: number) =>
      `a.yml:${line}: key: looks like a secret in plain text (by its name, hidden)`;
    expect(
      told(plainSecretsSection(compared(warned(secret(3), "other"), warned(secret(5), "other")))),
    ).toEqual([]);
    expect(told(plainSecretsSection(compared(warned(), warned(secret(3), "other"))))).toEqual([
      `blocking: Secret: ${secret(3)}`,
      "review: Warning: other",
    ]);
  });
});

describe("cost", () => {
  const pool = (maxCount: number, vmSize = "S") =>
    resource("containerservice:AgentPool", "pool", { minCount: 1, maxCount, vmSize });

  it("is told where it differs", () => {
    expect(told(capacitySection(change([pool(5)], [pool(9, "L")])))).toEqual([
      "note: Cost: node pool pool: nodes at most 5 → 9; node pool pool: machine S → L; what changes has no known price",
    ]);
    expect(told(capacitySection(change([pool(5)], [pool(5)])))).toEqual([]);
  });
});

describe("what goes", () => {
  it("is told one by one up to three, and then together", () => {
    const rules = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        resource("alertsmanagement:PrometheusRuleGroup", `r${i}`),
      );
    expect(told(changesSection(change(rules(2), [])))).toEqual([
      "review: alert rule group r0 would be deleted",
      "review: alert rule group r1 would be deleted",
    ]);
    expect(told(changesSection(change(rules(5), [])))).toEqual([
      "review: 5 resources would be deleted: alert rule group r0, alert rule group r1, alert rule group r2 and 2 more",
    ]);
  });

  it("stops where it serves requests", () => {
    const endpoint = resource("machinelearningservices:OnlineEndpoint", "e");
    expect(told(changesSection(change([endpoint], [])))).toEqual([
      "blocking: online endpoint e would be deleted",
    ]);
  });
});
