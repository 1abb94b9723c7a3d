import { beforeAll, describe, expect, it } from "@jest/globals";
import { armTemplate } from "../../render/armTemplate";
import { graphOf } from "../../graph/graph";
import { isAzureResource } from "../../emulator/emulatorStore";
import { variantRun, type VARIANTS } from "../productionVariants";
import { SUBSCRIPTION } from "../stacks";

/** Proves the form of templates; it does not prove that Azure takes them. */

interface Template {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly resources: readonly Record<string, unknown>[];
}

describe("the ARM template of a production stack", () => {
  async function templateOf(variant: keyof typeof VARIANTS) {
    const run = await variantRun(variant);
    const graph = graphOf(run).filter(({ created }) => isAzureResource(created.token));
    const { metadata, resources } = armTemplate(graph, run.tenantId) as unknown as Template;
    const of = (type: string) => resources.filter((one) => one["type"] === type);
    return { metadata, resources, of };
  }
  let plain: Awaited<ReturnType<typeof templateOf>>;
  beforeAll(async () => {
    plain = await templateOf("as it comes");
  });

  it("takes the issuer of tokens from the cluster, and has nothing that the emulator made up", () => {
    const text = JSON.stringify(plain.resources);
    const [credential] = plain.of(
      "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
    );
    expect(credential?.["properties"]).toMatchObject({
      issuer:
        "[reference(resourceId('Microsoft.ContainerService/managedClusters', 'aks-flood-d12b3d'), '2025-09-01').oidcIssuerProfile.issuerURL]",
    });
    expect(text).not.toContain("oic.prod-aks.azure.com");
    expect(text).not.toContain(SUBSCRIPTION);
  });

  it("notes beside the resources what is written onto the cluster afterwards", () => {
    expect(plain.metadata).toEqual({
      notInTemplate: [],
      appliedAfterDeployment: [
        {
          type: "Microsoft.ContainerService/managedClusters",
          name: "aks-flood-d12b3d",
          properties: {
            ingressProfile: {
              gatewayAPI: { installation: "Standard" },
              webAppRouting: {
                gatewayAPIImplementations: { appRoutingIstio: { mode: "Enabled" } },
              },
            },
          },
        },
      ],
    });
  });

  it("grants roles in another group by nested deployments, which the cluster waits for", async () => {
    const { of, resources } = await templateOf("in a network of others");
    const nested = of("Microsoft.Resources/deployments");
    const inner = nested.map(
      ({ properties }) => (properties as { template: Template }).template.resources,
    );
    expect(nested.map(({ name }) => name)).toEqual([
      "cluster-identity-dns",
      "cluster-identity-network",
    ]);
    for (const one of nested) {
      // In the template's own subscription, which is the default.
      expect(one).toMatchObject({ resourceGroup: "rg-hub" });
      expect(one).not.toHaveProperty("subscriptionId");
    }
    expect(inner.map((one) => one.map(({ type, scope }) => [type, scope]))).toEqual([
      [
        [
          "Microsoft.Authorization/roleAssignments",
          "Microsoft.Network/privateDnsZones/private.canadacentral.azmk8s.io",
        ],
      ],
      [["Microsoft.Authorization/roleAssignments", "Microsoft.Network/virtualNetworks/vnet-hub"]],
    ]);
    const [cluster] = of("Microsoft.ContainerService/managedClusters");
    const depends = cluster?.["dependsOn"] as string[];
    expect(depends.filter((id) => id.includes("/deployments"))).toEqual([
      "[resourceId('Microsoft.Resources/deployments', 'cluster-identity-dns')]",
      "[resourceId('Microsoft.Resources/deployments', 'cluster-identity-network')]",
    ]);
    const assigned = resources.filter(
      ({ type }) => type === "Microsoft.Authorization/roleAssignments",
    );
    expect(assigned.filter(({ scope }) => String(scope).includes("Microsoft.Network"))).toEqual([]);
  });

  it("puts the flow log into the network watcher's group, by a nested deployment", () => {
    const [nested, ...others] = plain.of("Microsoft.Resources/deployments");
    expect(others).toEqual([]);
    expect(nested).toMatchObject({ name: "flow-logs", resourceGroup: "NetworkWatcherRG" });
    const { template } = nested?.["properties"] as { template: Template };
    expect(template.resources).toMatchObject([
      {
        type: "Microsoft.Network/networkWatchers/flowLogs",
        apiVersion: "2024-05-01",
        name: "NetworkWatcher_canadacentral/fl-vnet-flood-d12b3d",
        properties: {
          targetResourceId:
            "[resourceId('Microsoft.Network/virtualNetworks', 'vnet-flood-d12b3d')]",
        },
      },
    ]);
  });

  it("shows the task of a build as text", async () => {
    const { of, metadata } = await templateOf("with an image that agents build");
    const [run] = of("Microsoft.ContainerRegistry/registries/taskRuns");
    const { runRequest } = run?.["properties"] as { runRequest: Record<string, string> };
    expect(runRequest["encodedTaskContent"]).toMatch(
      /^\[base64\('version: v1\.1\.0\n.*--tag crflood[^']*'\)\]$/s,
    );
    expect(metadata["notInTemplate"]).toEqual([`/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`]);
  });
});
