import { blaming, missing, needs, wrongly, type Case } from "../case";
import { add, all, set, unset, without } from "../graphs";

const NETWORK = "network";
const ADDRESS = "network-outbound-address";
const GATEWAY = "network-nat-gateway";
const RULES = "network-nodes-rules";

/** A rule of a security group from one source. */
function from(source: unknown) {
  const rule = { name: "more", access: "Allow", direction: "Inbound", sourceAddressPrefix: source };
  return set(RULES, "securityRules", [rule]);
}

export const networks: Readonly<Record<string, Case>> = {
  "network-public-addresses": {
    from: "production",
    breaks: [
      missing("its gateway missing", without(GATEWAY), ADDRESS),
      ...blaming(ADDRESS, needs(GATEWAY, "publicIpAddresses.0.id", "/subscriptions/another")),
      wrongly(
        "an address of its own",
        add("azure-native:network:PublicIPAddress", {}, { id: "/subscriptions/1/added" }),
        "added",
      ),
      wrongly(
        "a load balancer with the gateway's address",
        (graph) => {
          const id = graph.find(({ name }) => name === ADDRESS)?.id ?? "";
          const frontendIPConfigurations = [{ publicIPAddress: { id: id.toUpperCase() } }];
          return add("azure-native:network:LoadBalancer", { frontendIPConfigurations })(graph);
        },
        ADDRESS,
      ),
      wrongly(
        "a load balancer whose address is not known yet",
        (graph) => {
          const urn = graph.find(({ name }) => name === ADDRESS)?.urn ?? "";
          const sources = { frontendIPConfigurations: [urn] };
          return add("azure-native:network:LoadBalancer", {}, { sources })(graph);
        },
        ADDRESS,
      ),
    ],
  },
  "network-subnet-rules": {
    from: "production",
    // Which group is Azure's to tell: unknown is right.
    breaks: [
      ...needs(NETWORK, "subnets.0.networkSecurityGroup.id", "").filter(
        ({ what }) => !what.endsWith("unknown"),
      ),
      missing(
        "the last subnet's group missing",
        unset(NETWORK, "subnets.3.networkSecurityGroup"),
        NETWORK,
      ),
    ].filter(({ what }) => what !== "subnets.0 missing"),
  },
  "network-private-subnets": {
    from: "production",
    breaks: needs(NETWORK, "subnets.1.defaultOutboundAccess", true).filter(
      ({ what }) => what !== "subnets.1 missing",
    ),
  },
  "network-open-inbound": {
    from: "production",
    breaks: [
      ...["*", "Internet", "Any", "0.0.0.0/0", "::/0", "128.0.0.0/1", 7].map((source) =>
        wrongly(`from ${source}`, from(source), RULES),
      ),
      wrongly("from what is unknown", from("04da6b54-80e4-46f7-96ec-b56ff0331ba9"), RULES),
      missing("without a source", from(undefined), RULES),
      missing("securityRules missing", unset(RULES, "securityRules"), RULES),
      wrongly(
        "from anywhere among others",
        all(
          unset(RULES, "securityRules.0.sourceAddressPrefix"),
          set(RULES, "securityRules.0.sourceAddressPrefixes", ["10.0.0.0/8", "*"]),
        ),
        RULES,
      ),
      missing(
        "a rule that does not say what it does",
        unset(RULES, "securityRules.4.access"),
        RULES,
      ),
    ],
  },
  "network-flow-logs": {
    from: "production",
    breaks: [
      missing("the flow log missing", without("flow-logs"), NETWORK),
      ...blaming(NETWORK, needs("flow-logs", "targetResourceId", "/subscriptions/another")),
      ...blaming(NETWORK, needs("flow-logs", "enabled", false)),
      wrongly(
        "one more network",
        add("azure-native:network:VirtualNetwork", {}, { id: "/subscriptions/1/added" }),
        "added",
      ),
    ],
  },
  "network-private-endpoints": {
    from: "production",
    breaks: [
      missing("the registry's missing", without("registry-endpoint"), "registry"),
      missing("the vault's missing", without("vault-endpoint"), "key-vault"),
      missing("blob missing", without("blob-endpoint"), "features"),
      missing("dfs missing", without("dfs-endpoint"), "features"),
      ...blaming(
        "registry",
        needs(
          "registry-endpoint",
          "privateLinkServiceConnections.0.privateLinkServiceId",
          "/subscriptions/another",
        ),
      ),
      ...blaming(
        "registry",
        needs("registry-endpoint", "privateLinkServiceConnections.0.groupIds.0", "blob"),
      ),
    ],
  },
  "network-private-names": {
    from: "production",
    breaks: [
      missing("its group missing", without("vault-endpoint-dns"), "vault-endpoint"),
      ...blaming("vault-endpoint", needs("vault-endpoint-dns", "privateEndpointName", "another")),
      wrongly(
        "a group without zones",
        set("vault-endpoint-dns", "privateDnsZoneConfigs", []),
        "vault-endpoint",
      ),
      missing(
        "privateDnsZoneConfigs missing",
        unset("vault-endpoint-dns", "privateDnsZoneConfigs"),
        "vault-endpoint",
      ),
    ],
  },
};
