import { beforeAll, describe, expect, it } from "@jest/globals";
import { FeatureStorage } from "../../../components/featureStorage";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import { inputsOf } from "../../stacks";
import {
  declared,
  dependenciesOf,
  diagnosticsOf,
  GROUP,
  guarded,
  LOG_ANALYTICS,
  PLACE,
  typeCounts,
} from "./declared";

// Proves what is declared, not that Spark can read Delta tables from it.

const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stflood0d1782`;
const ARGS = { ...PLACE, accountName: "stflood0d1782", logAnalyticsId: LOG_ANALYTICS };

describe("the storage of features", () => {
  let run: EmulatorRun;
  const outputs: Record<string, string> = {};
  beforeAll(async () => {
    run = await declared(() => {
      const features = new FeatureStorage("features", { ...ARGS, protect: true });
      features.id.apply((id) => (outputs["id"] = id));
      features.accountName.apply((name) => (outputs["accountName"] = name));
      features.containerId.apply((id) => (outputs["containerId"] = id));
    });
  });

  it("has a namespace and three zones, and neither keys nor public access", () => {
    expect(typeCounts(run)).toEqual({
      "monitor:DiagnosticSetting": 1,
      "storage:BlobContainer": 1,
      "storage:BlobServiceProperties": 1,
      "storage:StorageAccount": 1,
    });
    expect(inputsOf(run, "storage:StorageAccount", "features")).toEqual({
      ...PLACE,
      accountName: "stflood0d1782",
      kind: "StorageV2",
      sku: { name: "Standard_ZRS" },
      isHnsEnabled: true,
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      defaultToOAuthAuthentication: true,
      isLocalUserEnabled: false,
      enableHttpsTrafficOnly: true,
      minimumTlsVersion: "TLS1_2",
      publicNetworkAccess: "Disabled",
      networkRuleSet: { bypass: "None", defaultAction: "Deny" },
      encryption: {
        keySource: "Microsoft.Storage",
        requireInfrastructureEncryption: true,
        services: { blob: { enabled: true, keyType: "Account" } },
      },
    });
  });

  it("keeps deleted files and containers for two weeks, and has no versions", () => {
    const inputs = inputsOf(run, "storage:BlobServiceProperties", "features-blob-service");
    expect(inputs).toEqual({
      resourceGroupName: "rg",
      accountName: "stflood0d1782",
      blobServicesName: "default",
      deleteRetentionPolicy: { enabled: true, days: 14 },
      containerDeleteRetentionPolicy: { enabled: true, days: 14 },
    });
  });

  it("makes its container only when deleted files are kept", () => {
    expect(inputsOf(run, "storage:BlobContainer", "features-container")).toEqual({
      resourceGroupName: "rg",
      accountName: "stflood0d1782",
      containerName: "features",
      publicAccess: "None",
    });
    expect(dependenciesOf(run, "features-container")).toEqual([
      "features",
      "features-blob-service",
    ]);
  });

  it("logs what the blob service does", () => {
    expect(diagnosticsOf(run, "features-diagnostics")).toEqual({
      resourceUri: `${ACCOUNT}/blobServices/default`,
      workspaceId: LOG_ANALYTICS,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      metrics: [{ category: "AllMetrics", enabled: true }],
    });
  });

  it("tells where account and container are", () => {
    expect(outputs).toEqual({
      id: ACCOUNT,
      accountName: "stflood0d1782",
      containerId: `${ACCOUNT}/blobServices/default/containers/features`,
    });
  });

  it("guards account and container, unless protection is off", async () => {
    expect(guarded(run)).toEqual([
      "storage:BlobContainer features-container",
      "storage:StorageAccount features",
    ]);
    const off = await declared(() => new FeatureStorage("features", { ...ARGS, protect: false }));
    expect(guarded(off)).toEqual([]);
  });
});
