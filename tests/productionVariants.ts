import type { EmulatorRun } from "../emulator/onEmulator";
import { PRODUCTION, productionRun, SUBSCRIPTION } from "./stacks";

const HUB = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-hub/providers/Microsoft.Network`;
const VNET = `${HUB}/virtualNetworks/vnet-hub`;
const { network, cluster } = PRODUCTION;

/** Changes of `PRODUCTION` that declare other resources, or others of their properties. */
export const VARIANTS = {
  "as it comes": {},
  "behind a firewall": {
    network: { ...network, egress: { type: "firewall", nextHopIpAddress: "10.0.0.4" } },
    cluster: {
      ...cluster,
      hostEncryption: true,
      userPools: {
        ...cluster.userPools,
        spare: { vmSize: "Standard_E8ds_v5", minCount: 0, maxCount: 4 },
      },
    },
    scale: { ...PRODUCTION.scale, pool: "scoring" },
    certificateName: "gateway",
    plainHttp: false,
    canary: { image: `gauge@sha256:${"c".repeat(64)}`, releaseId: "d".repeat(64), weight: 10 },
  },
  "in a network of others": {
    network: {
      vnetId: VNET,
      subnetIds: {
        nodes: `${VNET}/subnets/nodes`,
        apiServer: `${VNET}/subnets/api-server`,
        privateEndpoints: `${VNET}/subnets/private-endpoints`,
        gateway: `${VNET}/subnets/gateway`,
      },
      egress: "firewall",
      privateDnsZoneIds: {
        registry: `${HUB}/privateDnsZones/privatelink.azurecr.io`,
        vault: `${HUB}/privateDnsZones/privatelink.vaultcore.azure.net`,
        blob: `${HUB}/privateDnsZones/privatelink.blob.core.windows.net`,
        dfs: `${HUB}/privateDnsZones/privatelink.dfs.core.windows.net`,
        apiServer: `${HUB}/privateDnsZones/private.canadacentral.azmk8s.io`,
      },
    },
  },
  // An image is built from the project's own endpoint only.
  "with an image that agents build": {
    network: { ...network, subnets: { ...network.subnets, build: "10.60.7.0/28" } },
    endpointDirectory: "scoring/flash-flood-predictor",
    deployment: "multi-model",
    image: {
      build: "agentPool",
      source: `https://example.org/flood.git#${"b".repeat(40)}:scoring`,
    },
    resourceGroup: { name: "rg", create: true },
  },
} satisfies Record<string, Record<string, unknown>>;

export function variantRun(variant: keyof typeof VARIANTS): Promise<EmulatorRun> {
  return productionRun(VARIANTS[variant]);
}
