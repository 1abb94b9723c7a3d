import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { OfferedVersion } from "../../../components/azureReads";
import {
  checkKubernetesSupport,
  endProblems,
  supportProblems,
} from "../../../components/kubernetesSupport";
import { lastSupportedDay } from "../../../config/production/kubernetesCalendar";
import { emulatedReads, OFFERED_VERSIONS } from "../../../emulator/azure/kubernetesVersions";
import { Refusal } from "../../../emulator/azure/refusal";
import { AzureStore } from "../../../emulator/azure/azureStore";
import { ArmError } from "../../../traffic/arm";
import { readStackSettings } from "../../../graph/settings";
import { PROJECT_DIRECTORY } from "../../../projectDirectory";
import { PRODUCTION, productionRun } from "../../stacks";

// Proves what is concluded from Azure's list and calendar as documented; it asks no Azure.

const NOW = new Date("2026-11-28T12:00:00Z");
const WANTED = { minor: "1.34", live: undefined, location: "canadacentral" };
const offered = (version: string, ...supportPlans: string[]): OfferedVersion => ({
  version,
  isPreview: false,
  supportPlans,
});
const OFFER = [
  offered("1.37", "KubernetesOfficial", "AKSLongTermSupport"),
  offered("1.36", "KubernetesOfficial"),
  offered("1.34", "AKSLongTermSupport"),
];

describe("a version that the settings name", () => {
  it("is taken when the region supports it", () => {
    expect(supportProblems(OFFER, { ...WANTED, minor: "1.36" })).toEqual([]);
  });

  it.each<[string, readonly OfferedVersion[], string]>([
    ["is offered for long-term support only", OFFER, "AKS offers for long-term support only in"],
    ["is not offered", OFFER.slice(0, 2), "AKS does not offer in"],
    [
      "is a preview",
      [...OFFER.slice(0, 2), { ...offered("1.34", "KubernetesOfficial"), isPreview: true }],
      "AKS offers as a preview only in",
    ],
  ])("is refused, with the list, when it %s", (_what, offer, words) => {
    expect(supportProblems(offer, WANTED)).toEqual([
      {
        message: `is "1.34", which ${words} canadacentral; supported there: "1.36", "1.37"`,
        severity: "error",
      },
    ]);
  });

  it("is a warning when the cluster runs it already, so that it can still be changed", () => {
    expect(supportProblems(OFFER, { ...WANTED, live: "1.34.9" })).toEqual([
      {
        message:
          'is "1.34", which AKS offers for long-term support only in canadacentral; supported there: "1.36", "1.37"; the cluster runs 1.34.9 and has to be upgraded',
        severity: "warning",
      },
    ]);
  });

  it.each([
    ["1.37", NOW, undefined],
    ["1.35", new Date("2026-12-30T23:59:59Z"), undefined],
    ["1.35", new Date("2027-01-01T00:00:00Z"), "ends on 2027-03-31, in 90 days"],
    ["1.35", new Date("2027-03-31T23:00:00Z"), "ends on 2027-03-31, in 0 days"],
    ["1.35", new Date("2027-04-01T00:00:01Z"), "ended on 2027-03-31"],
    ["1.99", NOW, undefined],
  ])("%s on %s: its end of support is told as %s", (minor, now, words) => {
    const message = `is "${minor}", whose support in AKS ${String(words)}; go to the next minor version before`;
    expect(endProblems(minor, now)).toEqual(
      words === undefined ? [] : [{ message, severity: "warning" }],
    );
  });
});

/** As an editor counts it. */
const lineOfVersion = () =>
  readFileSync(join(PROJECT_DIRECTORY, "Pulumi.production.yaml"), "utf8")
    .split("\n")
    .findIndex((line) => line.trim().startsWith("kubernetesVersion:")) + 1;

describe("the check before anything is declared", () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  afterEach(() => {
    warn.mockClear();
  });
  const check = (minor: string, reads = emulatedReads, now = NOW) =>
    checkKubernetesSupport(reads, "sub", { ...WANTED, minor }, "production", now);

  it("is silent about a supported version", async () => {
    await check("1.37");
    expect(warn).not.toHaveBeenCalled();
  });

  it("names the setting of what it refuses", async () => {
    await expect(check("1.34")).rejects.toThrow(
      /^Pulumi\.production\.yaml:\d+: mlscore:cluster\.kubernetesVersion: is "1\.34", which AKS offers for long-term support only in canadacentral; supported there: "1\.35", "1\.36", "1\.37"$/m,
    );
  });

  it("warns of an end that is near", async () => {
    await check("1.35", emulatedReads, new Date("2027-02-01T00:00:00Z"));
    expect(warn.mock.calls).toEqual([
      [
        `Pulumi.production.yaml:${lineOfVersion()}: mlscore:cluster.kubernetesVersion: is "1.35", whose support in AKS ends on 2027-03-31, in 59 days; go to the next minor version before`,
      ],
    ]);
  });

  const failing = (error: Error) => ({ kubernetesVersions: () => Promise.reject(error) });

  it("warns of a missing right, and goes on", async () => {
    await check("1.37", failing(new ArmError(403, "AuthorizationFailed", "no")));
    expect(warn.mock.calls).toEqual([
      [
        `Pulumi.production.yaml:${lineOfVersion()}: mlscore:cluster.kubernetesVersion: 1.37 cannot be compared with the versions that AKS supports in canadacentral; the identity that runs this needs Microsoft.ContainerService/locations/kubernetesVersions/read on the subscription: AuthorizationFailed: no`,
      ],
    ]);
  });

  it("stops when Azure cannot be asked for another reason", async () => {
    await expect(check("1.37", failing(new Error("connection lost")))).rejects.toThrow(
      /connection lost/,
    );
  });
});

describe("the emulator", () => {
  const AKS = "azure-native:containerservice:ManagedCluster";
  const store = () =>
    new AzureStore({ subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg"] });
  const cluster = (kubernetesVersion: string, more = {}) => ({
    resourceGroupName: "rg",
    resourceName: "aks-flood",
    kubernetesVersion,
    ...more,
  });

  it("makes no cluster of a version that has left support, in Azure's words", () => {
    const created = () => store().create(AKS, cluster("1.34.9"));
    expect(created).toThrow(Refusal);
    expect(created).toThrow(
      /^K8sVersionNotSupported: Managed cluster aks-flood is on version 1\.34\.9, which is only available for Long-Term Support \(LTS\)\./,
    );
    expect(() => store().create(AKS, cluster("1.20"))).toThrow(/^K8sVersionNotSupported: /);
    const longTerm = { supportPlan: "AKSLongTermSupport" };
    expect(store().create(AKS, cluster("1.34", longTerm)).id).toMatch(/aks-flood$/);
  });

  it("changes a cluster that runs such a version, and brings none to it", () => {
    const old = cluster("1.34");
    const id =
      "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-flood";
    const azure = new AzureStore(store().settings, [{ token: AKS, id, inputs: old, outputs: old }]);
    expect(azure.update(id, AKS, { ...old, tags: { a: "b" } }).inputs["tags"]).toEqual({ a: "b" });
    expect(() => azure.update(id, AKS, cluster("1.33"))).toThrow(/^K8sVersionNotSupported: /);
  });
});

describe("the production stack", () => {
  it("is refused with an unsupported version, before anything is declared", async () => {
    const cluster = { ...PRODUCTION.cluster, kubernetesVersion: "1.34" };
    await expect(productionRun({ cluster })).rejects.toThrow(
      /^Pulumi\.production\.yaml:\d+: mlscore:cluster\.kubernetesVersion: is "1\.34", which AKS offers for long-term/,
    );
  });

  it("is committed with a version that AKS supports for nine months more", () => {
    const setting = readStackSettings("production", undefined)["mlscore:cluster"] ?? "";
    const { kubernetesVersion } = JSON.parse(setting) as { kubernetesVersion: string };
    expect(OFFERED_VERSIONS.map(({ version }) => version)).toContain(kubernetesVersion);
    expect(String(lastSupportedDay(kubernetesVersion)) >= "2027-08-28").toBe(true);
  });

  it("runs the minor version that the cluster tests' API server is built of", () => {
    const parts = readFileSync(join(__dirname, "../../../.ci/real-parts"), "utf8");
    const [, built] = /^KUBERNETES=(\d+\.\d+)\.\d+$/m.exec(parts) ?? [];
    const setting = readStackSettings("production", undefined)["mlscore:cluster"] ?? "";
    expect((JSON.parse(setting) as { kubernetesVersion: string }).kubernetesVersion).toBe(built);
  });
});
