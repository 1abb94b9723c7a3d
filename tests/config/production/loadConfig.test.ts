import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { loadConfig } from "../../../config";
import { ConfigError } from "../../../errors";
import { releaseId } from "../../../config/release";
import { PROJECT_DIRECTORY } from "../../../projectDirectory";
import { readStackSettings } from "../../../graph/settings";
import { ADMINISTRATORS, PRODUCTION, SUBSCRIPTION } from "../../stacks";
import { cluster, faults, load, network, problems } from "./harness";

/** Does not prove that Azure takes what is accepted here: the rules are those of its documentation. */

const DIGEST = `@sha256:${"b".repeat(64)}`;

describe("loadConfig of production", () => {
  it("completes the settings with names and defaults", async () => {
    const { deployment, names, ...config } = await load();
    expect(deployment.name).toBe("green");
    expect(names.cluster).toMatch(/^aks-flood-[0-9a-f]{6}$/);
    expect(config).toEqual({
      target: "production",
      subscription: { id: SUBSCRIPTION, name: "Test" },
      resourceGroup: { name: "rg", create: false },
      objectives: { goodPercent: 99.5, fastPercent: 99, latencyMs: 1000, periodDays: 30 },
      dashboards: true,
      location: "canadacentral",
      tags: { owner: "tests" },
      generation: 1,
      logRetentionDays: 30,
      protect: true,
      readers: [],
      network: {
        vnet: { kind: "created", ...PRODUCTION.network, flowLogs: true },
        podCidr: "10.244.0.0/16",
        serviceCidr: "10.245.0.0/16",
        dnsServiceIp: "10.245.0.10",
        privateDnsZoneIds: {},
      },
      cluster: {
        kubernetesVersion: "1.37",
        zones: ["1", "2", "3"],
        systemPool: {
          name: "system",
          vmSize: "Standard_D4ds_v5",
          minCount: 3,
          maxCount: 5,
          osDiskSizeGB: 128,
        },
        userPools: [
          {
            name: "scoring",
            vmSize: "Standard_D4ds_v5",
            minCount: 3,
            maxCount: 12,
            osDiskSizeGB: 128,
          },
        ],
        adminGroupObjectIds: [ADMINISTRATORS],
        hostEncryption: false,
        defender: true,
        maintenance: {
          dayOfWeek: "Sunday",
          startTime: "02:00",
          utcOffset: "+00:00",
          durationHours: 8,
        },
      },
      image: { kind: "digest", reference: PRODUCTION.image.digest },
      release: {
        id: releaseId(deployment),
        sandboxStack: "organization/mlscore/sandbox",
        soakDays: 14,
        exceptions: [],
      },
      endpointName: "gauge-endpoint",
      scoringPool: "scoring",
      scale: { minReplicas: 3, maxReplicas: 12, targetCpuPercent: 60 },
      resources: { cpuRequest: "500m", cpuLimit: "2", memory: "1Gi" },
      probes: {
        startup: { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 155 },
        readiness: {
          periodSeconds: 5,
          timeoutSeconds: 4,
          failureThreshold: 3,
          successThreshold: 1,
        },
        liveness: { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
      },
      hostname: "flood.example.internal",
    });
  });

  it("takes everything that can be set, and numbers where YAML makes them of text", async () => {
    const config = await load({
      ...network({
        egress: { type: "firewall", nextHopIpAddress: "10.0.1.4" },
        flowLogs: "false",
        podCidr: "100.64.0.0/16",
        serviceCidr: "172.20.0.0/24",
      }),
      ...cluster({
        zones: [3, "1"],
        userPools: {
          spare: { vmSize: "Standard_F8s_v2", minCount: 0, maxCount: "2", osDiskSizeGB: 64 },
          compute: { vmSize: "Standard_F8s_v2", minCount: 1, maxCount: 2 },
        },
        hostEncryption: "true",
        maintenance: {
          dayOfWeek: "Monday",
          startTime: "23:30",
          utcOffset: "-05:00",
          durationHours: 4,
        },
      }),
      protect: "false",
      logRetentionDays: "90",
      release: {
        sandboxStack: "o/p/s",
        soakDays: "1",
        exceptions: [{ releaseId: "0123456789ab", reason: "hot fix for the 2026 flood" }],
      },
      scale: { minReplicas: 2, maxReplicas: 2, targetCpuPercent: "75", pool: "spare" },
      resources: { cpuRequest: 1, cpuLimit: 1.5, memory: "512Mi" },
      canary: { image: `gauge${DIGEST}`, releaseId: "d".repeat(64), weight: 5 },
    });
    expect(config.network.vnet).toMatchObject({
      egress: { type: "firewall", nextHopIpAddress: "10.0.1.4" },
      flowLogs: false,
    });
    expect(config.network.dnsServiceIp).toBe("172.20.0.10");
    expect(config.cluster.zones).toEqual(["1", "3"]);
    expect(config.cluster.userPools.map(({ name, maxCount }) => [name, maxCount])).toEqual([
      ["compute", 2],
      ["spare", 2],
    ]);
    expect(config.cluster.hostEncryption).toBe(true);
    expect(config.protect).toBe(false);
    expect(config.logRetentionDays).toBe(90);
    expect(config.release).toMatchObject({
      soakDays: 1,
      exceptions: [{ releaseId: "0123456789ab", reason: "hot fix for the 2026 flood" }],
    });
    expect(config.scoringPool).toBe("spare");
    expect(config.scale).toEqual({ minReplicas: 2, maxReplicas: 2, targetCpuPercent: 75 });
    expect(config.resources).toEqual({ cpuRequest: "1", cpuLimit: "1.5", memory: "512Mi" });
    expect(config.canary).toEqual({
      image: `gauge${DIGEST}`,
      releaseId: "d".repeat(64),
      weight: 5,
      replicas: 1,
    });
  });

  it("warns about a single zone and goes on", async () => {
    const found = await problems({
      ...cluster({ zones: ["2"] }),
      image: { digest: `gauge${DIGEST}` },
      hostname: "x",
    });
    const settings = found.filter(({ file }) => file === "Pulumi.test.yaml");
    expect(settings.map(({ severity, key }) => [severity, key])).toEqual([
      ["error", "hostname"],
      ["warning", "plainHttp"],
      ["warning", "cluster.zones"],
    ]);
    expect(await faults(cluster({ zones: ["2"] }))).toEqual([]);
  });

  it("tells at once what is wrong in all parts, and checks the sound ones further", async () => {
    const found = await faults({
      ...network({ subnets: { gateway: "10.60.0.0/27" }, colour: "blue" }),
      location: "canadaeast",
      hostname: "",
      deployment: "x",
      endpointDirectory: join(__dirname, "no-such-folder"),
    });
    expect(found.map((text) => text.split(": is ")[0])).toEqual([
      "endpointDirectory",
      "network.colour",
      "hostname",
      "location",
      "network.subnets.gateway",
    ]);
  });
});

describe("the settings of the project's own production stack", () => {
  const lines = readFileSync(join(PROJECT_DIRECTORY, "Pulumi.production.yaml"), "utf8").split("\n");

  it("are accepted", async () => {
    pulumi.runtime.setAllConfig({ ...readStackSettings("production") });
    const config = await loadConfig("production");
    expect(config).toMatchObject({
      target: "production",
      image: { kind: "docker", build: { model: "models/multi-model" } },
      endpointName: "flash-flood-predictor",
      deployment: { name: "multi-model" },
    });
  });

  it("are shown with their lines", async () => {
    const gatewayLine = lines.findIndex((line) => line.includes("gateway: 10.60.4.64/27"));
    const { subnets, ...rest } = JSON.parse(
      readStackSettings("production")["mlscore:network"] ?? "",
    ) as { subnets: object };
    pulumi.runtime.setAllConfig({
      ...readStackSettings("production"),
      "mlscore:network": JSON.stringify({
        ...rest,
        subnets: { ...subnets, gateway: "10.60.0.0/27" },
      }),
    });
    const error: unknown = await loadConfig("production").catch((reason: unknown) => reason);
    const problems = error instanceof ConfigError ? error.problems : [];
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([
      {
        file: "Pulumi.production.yaml",
        line: gatewayLine + 1,
        key: "network.subnets.gateway",
        message:
          'is "10.60.0.0/27", which overlaps network.subnets.nodes (10.60.0.0/22); give it addresses of its own',
        severity: "error",
      },
    ]);
  });
});

describe("the certificate of the project's own production stack", () => {
  it("is missing by choice; without the choice that is an error, with file and line", async () => {
    const { "mlscore:plainHttp": chosen, ...rest } = readStackSettings("production");
    expect(chosen).toBe("true");
    const lines = readFileSync(join(PROJECT_DIRECTORY, "Pulumi.production.yaml"), "utf8").split(
      "\n",
    );
    pulumi.runtime.setAllConfig({ ...rest });
    const error: unknown = await loadConfig("production").catch((reason: unknown) => reason);
    const found = error instanceof ConfigError ? error.problems : [];
    expect(found.filter(({ severity }) => severity === "error")).toMatchObject([
      {
        file: "Pulumi.production.yaml",
        line: 1 + lines.findIndex((line) => line.includes("mlscore:hostname")),
        key: "hostname",
      },
    ]);
  });
});

describe("settings of any shape", () => {
  it("are refused with problems, never with a fault of the program", async () => {
    const keys = fc.constantFrom("network", "cluster", "image", "release", "scale", "resources");
    const shape = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.dictionary(
        fc.constantFrom("subnets", "egress", "vnetId", "userPools", "zones", "digest", "build"),
        fc.jsonValue({ maxDepth: 2 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(keys, shape, async (key, value) => {
        fc.pre(!(key === "resources" && JSON.stringify(value) === "{}"));
        expect(await faults({ [key]: value })).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
