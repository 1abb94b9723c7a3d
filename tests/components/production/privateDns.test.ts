import { describe, expect, it } from "@jest/globals";
import { PrivateDns } from "../../../components/privateDns";
import { zoneNames } from "../../../config/production/privateZones";
import type { PrivateService, ProductionNetwork } from "../../../config/production/productionTypes";
import { inputsOf, namesOf } from "../../stacks";
import { declared, dependenciesOf, GROUP, PLACE, typeCounts } from "./declared";

// Proves which zones and links are declared, not that a name resolves, nor how AKS treats a link that is there.

const VNET = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-flood`;
const SERVICES = ["registry", "vault", "blob", "dfs", "apiServer"] as const;
const zoneId = (zone: string) => `${GROUP}/providers/Microsoft.Network/privateDnsZones/${zone}`;

async function privateDns(existing: ProductionNetwork["privateDnsZoneIds"]) {
  let dns!: PrivateDns<PrivateService>;
  const run = await declared(() => {
    dns = new PrivateDns("dns", {
      ...PLACE,
      virtualNetworkId: VNET,
      linkName: "cluster-network",
      zoneNames: zoneNames(PLACE.location),
      existing,
    });
  });
  const ids: Record<string, string> = {};
  for (const service of Object.keys(dns.zoneIds) as PrivateService[]) {
    dns.zoneIds[service].apply((id) => (ids[service] = id));
  }
  await new Promise(setImmediate);
  return { run, dns, ids };
}

describe("private DNS", () => {
  it("makes one zone for each service, by the names of Azure's public cloud", async () => {
    const { run, ids } = await privateDns({});
    expect(typeCounts(run)).toEqual({
      "privatedns:PrivateZone": 5,
      "privatedns:VirtualNetworkLink": 5,
    });
    expect(ids).toEqual({
      registry: zoneId("privatelink.azurecr.io"),
      vault: zoneId("privatelink.vaultcore.azure.net"),
      blob: zoneId("privatelink.blob.core.windows.net"),
      dfs: zoneId("privatelink.dfs.core.windows.net"),
      apiServer: zoneId("private.canadacentral.azmk8s.io"),
    });
    expect(inputsOf(run, "privatedns:PrivateZone", "dns-vault")).toEqual({
      ...PLACE,
      location: "global",
      privateZoneName: "privatelink.vaultcore.azure.net",
    });
  });

  it("links every zone to the network, the API server's too, and registers no machines", async () => {
    const { run, dns } = await privateDns({});
    expect(inputsOf(run, "privatedns:VirtualNetworkLink", "dns-apiServer-link")).toEqual({
      ...PLACE,
      location: "global",
      virtualNetworkLinkName: "cluster-network",
      privateZoneName: "private.canadacentral.azmk8s.io",
      virtualNetwork: { id: VNET },
      registrationEnabled: false,
    });
    for (const service of SERVICES) {
      const link = inputsOf(run, "privatedns:VirtualNetworkLink", `dns-${service}-link`);
      const zone = inputsOf(run, "privatedns:PrivateZone", `dns-${service}`);
      expect(link["privateZoneName"]).toBe(zone["privateZoneName"]);
      expect(dependenciesOf(run, `dns-${service}-link`)).toEqual([`dns-${service}`]);
    }
    expect(dns.ready).toHaveLength(5);
  });

  it("neither makes nor links a zone that others keep", async () => {
    const hub = "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/privateDnsZones";
    for (const service of SERVICES) {
      const { run, dns, ids } = await privateDns({ [service]: `${hub}/${service}` });
      const others = SERVICES.filter((other) => other !== service);
      expect(namesOf(run, ":PrivateZone")).toEqual(others.map((other) => `dns-${other}`).sort());
      expect(namesOf(run, ":VirtualNetworkLink")).toEqual(
        others.map((other) => `dns-${other}-link`).sort(),
      );
      expect(ids[service]).toBe(`${hub}/${service}`);
      expect(dns.ready).toHaveLength(4);
    }
  });
});
