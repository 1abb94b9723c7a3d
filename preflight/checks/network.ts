import { listAt, nonEmptyTextAt, textsAt, valueAt } from "../../graph/paths";
import { RESERVED_PER_SUBNET } from "../../config/production/capacity";
import { overlaps, parseRange, sizeOf, type Range } from "../../config/production/ranges";
import { regionName } from "../../graph/sameText";
import { CLUSTERS, machinesFor, ofType, type Declared, type ExistingNetwork } from "../declared";
import type { AnswerTo, Check, Found } from "../finding";
import type { Question } from "../question";

const WHO = "someone with Network Contributor on the network";

/** Microsoft Learn, REST: Virtual Networks - Get; subnets and peerings are part of it. */
function networkQuestion({ id }: ExistingNetwork): Question {
  return {
    path: id,
    // The one that azure-native 3.28 makes networks with.
    apiVersion: "2024-05-01",
    action: "Microsoft.Network/virtualNetworks/read",
  };
}

/** A check of the network that others made; none where the stack makes its own. */
function networkCheck(
  id: string,
  title: string,
  faults: (declared: Declared, network: ExistingNetwork, body: unknown) => readonly Found[],
): Check {
  return {
    id,
    title,
    questions: ({ network }) => (network === undefined ? [] : [networkQuestion(network)]),
    findings: (declared, answerTo: AnswerTo) => {
      const { network } = declared;
      if (network === undefined) return [];
      const { status, body } = answerTo(networkQuestion(network));
      return status === 404 ? [] : faults(declared, network, body);
    },
  };
}

const exists: Check = {
  ...networkCheck("network", "the existing network", () => []),
  findings({ network, location }, answerTo) {
    if (network === undefined) return [];
    const { status, body } = answerTo(networkQuestion(network));
    const command = `az network vnet show --ids ${network.id}`;
    const key = ["mlscore:network", "vnetId"];
    if (status === 404) {
      const missing = `there is no network ${network.id}, or the signed-in identity cannot read it`;
      return [{ key, missing, who: WHO, command }];
    }
    const region = nonEmptyTextAt(body, "location");
    if (region === undefined || regionName(region) === regionName(location)) return [];
    const missing = `the network is in ${region}, and the stack in ${location}; machines join networks of their own region only`;
    return [{ key, missing, who: "you: choose another network or location", command }];
  },
};

const subnets = networkCheck("subnet", "its subnets", (declared, network, body) =>
  Object.entries(network.subnetIds).flatMap(([use, id]): Found[] => {
    const key = ["mlscore:network", "subnetIds", use];
    const name = id.split("/").at(-1) ?? "";
    const [group, vnet] = [id.split("/")[4] ?? "", network.id.split("/").at(-1) ?? ""];
    const place = `--resource-group ${group} --vnet-name ${vnet} --name ${name} --subscription ${declared.subscriptionId}`;
    const subnet = subnetIn(body, id);
    if (subnet === undefined) {
      const missing = `the network has no subnet ${name}`;
      const command = `az network vnet subnet create ${place} --address-prefixes RANGE`;
      return [{ key, missing, who: WHO, command }];
    }
    // AKS, "API Server VNet Integration": the API server's subnet is delegated to AKS, and no other one is.
    const wanted = use === "apiServer" ? [CLUSTERS] : [];
    const found = listAt(subnet, "properties.delegations").flatMap(
      (one) => nonEmptyTextAt(one, "properties.serviceName") ?? [],
    );
    if (use !== "build" && found.toSorted().join() !== wanted.join()) {
      const missing = `the subnet ${name} is delegated to ${found.join(", ") || "nothing"}, and has to be to ${wanted[0] ?? "nothing"}`;
      const command =
        wanted[0] === undefined
          ? `az network vnet subnet update ${place} --remove delegations`
          : `az network vnet subnet update ${place} --delegations ${wanted[0]}`;
      return [{ check: "subnet-delegation", key, missing, who: WHO, command }];
    }
    return use === "nodes" ? nodeSubnet(declared, network, subnet, { key, name, place }) : [];
  }),
);

/** Where the nodes are to lie there is a way out, and room for all of them. */
function nodeSubnet(
  declared: Declared,
  { egress }: ExistingNetwork,
  subnet: unknown,
  { key, name, place }: { readonly key: string[]; readonly name: string; readonly place: string },
): Found[] {
  const [wanted, option, command] =
    egress === "firewall"
      ? ["route table", "routeTable", `az network vnet subnet update ${place} --route-table ID`]
      : ["NAT gateway", "natGateway", `az network vnet subnet update ${place} --nat-gateway ID`];
  const pools = machinesFor(declared, "nodePool");
  const most = pools.reduce((sum, pool) => sum + pool.most, 0);
  const surge = pools.reduce((sum, pool) => sum + pool.surge, 0);
  const free =
    prefixesOf(subnet).reduce((sum, range) => sum + sizeOf(range), 0) - RESERVED_PER_SUBNET;
  return [
    ...(nonEmptyTextAt(subnet, `properties.${option}.id`) === undefined
      ? [
          {
            check: "subnet-egress",
            key,
            missing: `the subnet ${name} has no ${wanted}, through which its nodes would reach the internet (egress: ${egress})`,
            who: WHO,
            command,
          },
        ]
      : []),
    ...(free > 0 && free < most + surge
      ? [
          {
            check: "subnet-size",
            key,
            missing: `the subnet ${name} has ${String(free)} addresses, and all pools at their largest have ${String(most)} nodes + ${String(surge)} during an upgrade`,
            who: WHO,
            command: `az network vnet subnet update ${place} --address-prefixes RANGE`,
          },
        ]
      : []),
  ];
}

const addresses = networkCheck("address-overlap", "its addresses", (declared, network, body) => {
  const profile = ofType(declared, CLUSTERS)[0]?.inputs;
  const taken = [
    ...ranges(textsAt(body, "properties.addressSpace.addressPrefixes"), "the network itself"),
    // Microsoft Learn, REST: Virtual Network Peerings - Get.
    ...listAt(body, "properties.virtualNetworkPeerings").flatMap((one) =>
      ranges(
        textsAt(one, "properties.remoteAddressSpace.addressPrefixes"),
        `the peered network ${nonEmptyTextAt(one, "name") ?? ""}`,
      ),
    ),
  ];
  return ["podCidr", "serviceCidr"].flatMap((name) =>
    ranges([nonEmptyTextAt(valueAt(profile, "networkProfile"), name) ?? ""], name).flatMap(
      ({ range }) =>
        taken
          .filter((other) => overlaps(range, other.range))
          .map((other) => ({
            key: ["mlscore:network", name],
            missing: `${name} ${range.text} overlaps ${other.range.text} of ${other.owner}`,
            who: "you: choose another range",
            command: `az network vnet show --ids ${network.id} --query addressSpace`,
          })),
    ),
  );
});

export const network: readonly Check[] = [exists, subnets, addresses];

function subnetIn(body: unknown, id: string): unknown {
  return listAt(body, "properties.subnets").find(
    (one) => nonEmptyTextAt(one, "id")?.toLowerCase() === id.toLowerCase(),
  );
}

function prefixesOf(subnet: unknown): Range[] {
  const one = nonEmptyTextAt(subnet, "properties.addressPrefix");
  const texts = one === undefined ? textsAt(subnet, "properties.addressPrefixes") : [one];
  return ranges(texts, "").map(({ range }) => range);
}

/** Those that can be read: public ranges and IPv6 are in nobody's way. */
function ranges(texts: readonly string[], owner: string) {
  return texts.flatMap((text) => {
    const range = parseRange(text);
    return "problem" in range ? [] : [{ range, owner }];
  });
}
