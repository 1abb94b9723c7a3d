import { describe, expect, it } from "@jest/globals";
import { Registry } from "../../../components/registry";
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

// Proves what is declared, not that a pull works. The sandbox's registry is tested with the sandbox.

const ARGS = {
  ...PLACE,
  registryName: "crFlood0d1782",
  logAnalyticsId: LOG_ANALYTICS,
  access: "private",
} as const;

describe("the private registry", () => {
  it("is reached by private endpoints and identities alone, in three zones", async () => {
    const run = await declared(() => new Registry("registry", { ...ARGS, protect: true }));
    expect(typeCounts(run)).toEqual({
      "containerregistry:Registry": 1,
      "monitor:DiagnosticSetting": 1,
    });
    expect(inputsOf(run, "containerregistry:Registry", "registry")).toEqual({
      ...PLACE,
      registryName: "crFlood0d1782",
      sku: { name: "Premium" },
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccess: "Disabled",
      networkRuleBypassOptions: "AzureServices",
      zoneRedundancy: "Enabled",
      dataEndpointEnabled: true,
      policies: {
        exportPolicy: { status: "disabled" },
        retentionPolicy: { status: "enabled", days: 30 },
      },
    });
    expect(diagnosticsOf(run, "registry-diagnostics")).toEqual({
      resourceUri: `${GROUP}/providers/Microsoft.ContainerRegistry/registries/crFlood0d1782`,
      workspaceId: LOG_ANALYTICS,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      metrics: [{ category: "AllMetrics", enabled: true }],
    });
  });

  it("is guarded when told to, and only then", async () => {
    const on = await declared(() => new Registry("registry", { ...ARGS, protect: true }));
    expect(guarded(on)).toEqual(["containerregistry:Registry registry"]);
    const off = await declared(() => new Registry("registry", { ...ARGS, protect: false }));
    expect(guarded(off)).toEqual([]);
  });
});
