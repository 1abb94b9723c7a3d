import { listAt, nonEmptyTextAt } from "../../graph/paths";
import type { Check } from "../finding";
import type { Question } from "../question";

/** Microsoft Learn, REST: Private DNS, Private Zones - Get and Virtual Network Links - List. */
const API_VERSION = "2024-06-01";
const ZONES = "Microsoft.Network/privateDnsZones";

function zone(id: string): Question {
  return { path: id, apiVersion: API_VERSION, action: `${ZONES}/read` };
}

function links(id: string): Question {
  return {
    path: `${id}/virtualNetworkLinks`,
    apiVersion: API_VERSION,
    action: `${ZONES}/virtualNetworkLinks/read`,
    list: true,
  };
}

/**
 * Zones that others keep are there and linked to the network that others made, without which names do not resolve. A
 * network of the stack's own is linked after it is made (docs/operations.md).
 */
export const dnsZones: Check = {
  id: "dns-zone",
  title: "existing private DNS zones",
  questions: (declared) =>
    Object.values(declared.privateDnsZoneIds).flatMap((id) => [
      zone(id),
      ...(declared.network === undefined ? [] : [links(id)]),
    ]),
  findings: (declared, answerTo) =>
    Object.entries(declared.privateDnsZoneIds).flatMap(([service, id]) => {
      const key = ["mlscore:network", "privateDnsZoneIds", service];
      const who = "someone with Private DNS Zone Contributor on the zone's resource group";
      const [, , subscription = "", , group = ""] = id.split("/");
      const name = id.split("/").at(-1) ?? "";
      const place = `--resource-group ${group} --subscription ${subscription}`;
      if (answerTo(zone(id)).status === 404) {
        const missing = `there is no zone ${id}, or the signed-in identity cannot read it`;
        return [
          {
            key,
            missing,
            who,
            command: `az network private-dns zone create --name ${name} ${place}`,
          },
        ];
      }
      const { network } = declared;
      if (network === undefined || isLinked(answerTo(links(id)).body, network.id)) return [];
      return [
        {
          check: "dns-link",
          key,
          missing: `the zone ${name} is not linked to the network, so that its names do not resolve there`,
          who,
          command:
            `az network private-dns link vnet create --zone-name ${name} ${place} --name cluster-network ` +
            `--virtual-network ${network.id} --registration-enabled false`,
        },
      ];
    }),
};

function isLinked(body: unknown, networkId: string): boolean {
  return listAt(body, "value").some(
    (one) =>
      nonEmptyTextAt(one, "properties.virtualNetwork.id")?.toLowerCase() ===
      networkId.toLowerCase(),
  );
}
