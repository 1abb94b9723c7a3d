import { describe, expect, it } from "@jest/globals";
import { KeyVault, vaultProperties } from "../../../components/keyVault";
import { inputsOf } from "../../stacks";
import {
  declared,
  diagnosticsOf,
  GROUP,
  guarded,
  LOG_ANALYTICS,
  PLACE,
  typeCounts,
} from "./declared";

// Proves what is declared, not that Azure keeps anybody out.

const TENANT = "77777777-0000-0000-0000-000000000000";
const ARGS = {
  ...PLACE,
  vaultName: "kv-flood-0d1782",
  tenantId: TENANT,
  logAnalyticsId: LOG_ANALYTICS,
} as const;
// What azure-native adds by itself.
const DEFAULTS = {
  enabledForDeployment: false,
  enabledForDiskEncryption: false,
  enabledForTemplateDeployment: false,
};
const COMMON = {
  tenantId: TENANT,
  sku: { family: "A", name: "standard" },
  enableRbacAuthorization: true,
  enableSoftDelete: true,
  softDeleteRetentionInDays: 90,
  enablePurgeProtection: true,
};

describe("the key vault", () => {
  it("is closed to every network but private endpoints, and cannot be purged", async () => {
    const run = await declared(
      () => new KeyVault("vault", { ...ARGS, access: "private", protect: true }),
    );
    expect(typeCounts(run)).toEqual({ "keyvault:Vault": 1, "monitor:DiagnosticSetting": 1 });
    expect(inputsOf(run, "keyvault:Vault", "vault")).toEqual({
      ...PLACE,
      vaultName: "kv-flood-0d1782",
      properties: {
        ...COMMON,
        ...DEFAULTS,
        publicNetworkAccess: "Disabled",
        networkAcls: { defaultAction: "Deny", bypass: "None" },
      },
    });
    expect(guarded(run)).toEqual(["keyvault:Vault vault"]);
    expect(diagnosticsOf(run, "vault-diagnostics")).toEqual({
      resourceUri: `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-flood-0d1782`,
      workspaceId: LOG_ANALYTICS,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      metrics: [{ category: "AllMetrics", enabled: true }],
    });
  });

  it("differs for public access in the network, and keeps a deleted one for seven days", () => {
    expect(vaultProperties(TENANT, "public")).toEqual({
      ...COMMON,
      softDeleteRetentionInDays: 7,
      publicNetworkAccess: "Enabled",
    });
  });

  it("is not guarded when protection is off", async () => {
    const run = await declared(
      () => new KeyVault("vault", { ...ARGS, access: "private", protect: false }),
    );
    expect(guarded(run)).toEqual([]);
  });
});
