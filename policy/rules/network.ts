import { at, problem, items, mustBe, knownText, UNKNOWN } from "../inputChecks";
import { names, ofType, refersTo, violations } from "../relations";
import {
  type PolicyResource,
  PRIVATE_LEVELS,
  PRODUCTION,
  type RuleDefinition,
  type Target,
} from "../rule";

const PRIVATE_ENDPOINT = "azure-native:network:PrivateEndpoint";
const NETWORK = "azure-native:network:VirtualNetwork";

/** Any address, and ranges of more than 1/256 of all addresses. */
const OPEN = /^(\*|any|internet|::\/0|[\d.]+\/[0-7])$/i;

/** Sub-resources of a service that need their own endpoint. */
const GROUPS: Readonly<
  Record<string, (inputs: PolicyResource["inputs"], target: Target) => readonly string[]>
> = {
  "azure-native:containerregistry:Registry": () => ["registry"],
  "azure-native:keyvault:Vault": () => ["vault"],
  // Delta tables are read through both when the account has a hierarchical namespace; a workspace uses blobs and files.
  "azure-native:storage:StorageAccount": ({ isHnsEnabled }, target) =>
    target === "sandbox" ? ["blob", "file"] : isHnsEnabled === true ? ["blob", "dfs"] : ["blob"],
  "azure-native:machinelearningservices:Workspace": () => ["amlworkspace"],
};

const ADDRESSES = [
  "azure-native:network:PublicIPAddress",
  "azure-native:network:PublicIPPrefix",
  "azure-native:network:CustomIPPrefix",
];

export const networkRules: readonly RuleDefinition[] = [
  // After an incident they show which hosts communicated. Advisory: they are billed by the gigabyte, and the settings
  // may leave them to another team (`network.flowLogs: false`).
  {
    id: "network-flow-logs",
    title: "Every virtual network has flow logs",
    severity: "advisory",
    targets: PRODUCTION,
    references: { azurePolicy: ["4c3c6c5f-0d47-4402-99b8-aa543dd8bcee"] },
    checkStack: (resources) => {
      const logs = ofType(resources, "azure-native:network:FlowLog").filter(
        ({ inputs }) => inputs["enabled"] === true,
      );
      return ofType(resources, NETWORK)
        .filter((network) => !logs.some((log) => refersTo(log, "targetResourceId", network)))
        .flatMap((network) => violations(network, ["has no enabled flow log"]));
    },
  },
  // A rule that allows traffic from any address, from the tag Internet or from a range wider than /8. A rule without
  // a source allows any address.
  {
    id: "network-open-inbound",
    title: "No security group allows inbound traffic from the internet",
    references: { psrule: ["Azure.NSG.AnyInboundSource"] },
    types: ["azure-native:network:NetworkSecurityGroup"],
    checkResource: ({ inputs }) => {
      const rules = inputs["securityRules"];
      if (!Array.isArray(rules)) return [problem("securityRules", rules, "a list of rules")];
      return rules.flatMap((rule: unknown) => {
        const isHarmless =
          knownText(rule, "access") === "Deny" || knownText(rule, "direction") === "Outbound";
        const open = sources(rule).find(isOpen);
        if (isHarmless || (sources(rule).length > 0 && open === undefined)) return [];
        const name = knownText(rule, "name") ?? "without a name";
        return [
          `rule ${name} allows ${open === UNKNOWN ? "a source that is not known" : "any source"}`,
        ];
      });
    },
  },
  // A service that is closed to the internet and has no endpoint in the network is unreachable, until somebody opens
  // it again in a hurry.
  {
    id: "network-private-endpoints",
    title: "Registry, vault, storage and workspace have private endpoints",
    levels: PRIVATE_LEVELS,
    references: {
      azurePolicy: [
        "e8eef0a8-67cf-4eb4-9386-14b0e78733d4",
        "a6abeaec-4d90-4a02-805f-6b26c4d3fbe9",
        "6edd7eda-6dd8-40f7-810d-67160c639cd9",
      ],
    },
    checkStack: (resources, target) => {
      const endpoints = ofType(resources, PRIVATE_ENDPOINT);
      return ofType(resources, ...Object.keys(GROUPS)).flatMap((service) => {
        const groups = GROUPS[service.type]?.(service.inputs, target) ?? [];
        const missing = groups.filter(
          (group) => !endpoints.some((endpoint) => connects(endpoint, service, group)),
        );
        return violations(
          service,
          missing.map((group) => `has no private endpoint for ${group}`),
        );
      });
    },
  },
  // Without its address in private DNS, a service's name resolves to its public endpoint, which is closed. The zone
  // group writes and maintains the record.
  {
    id: "network-private-names",
    title: "Every private endpoint has a private DNS record",
    levels: PRIVATE_LEVELS,
    references: { other: ['Azure Private Link, "Private endpoint DNS integration"'] },
    checkStack: (resources) =>
      ofType(resources, PRIVATE_ENDPOINT).flatMap((endpoint) => {
        const groups = ofType(resources, "azure-native:network:PrivateDnsZoneGroup").filter(
          (group) =>
            names(group, "privateEndpointName", endpoint, endpoint.inputs["privateEndpointName"]),
        );
        return groups.some(({ inputs }) => items(inputs["privateDnsZoneConfigs"]).length > 0)
          ? []
          : violations(endpoint, ["has no PrivateDnsZoneGroup with a zone"]);
      }),
  },
  // Unless it is disabled, Azure gives machines in a subnet an outbound public address that is not the customer's.
  {
    id: "network-private-subnets",
    title: "No subnet has default outbound access",
    references: {
      psrule: ["Azure.VNET.PrivateSubnet"],
      azurePolicy: ["7bca8353-aa3b-429b-904a-9229c4385837"],
    },
    types: [NETWORK],
    checkResource: checkSubnets((subnet) => mustBe(subnet, "defaultOutboundAccess", false)),
  },
  // The only public address of production is the egress address of the nodes. A NAT gateway accepts no inbound
  // connections, so the address gives no access to the network. An unattached address can be attached to any resource
  // later.
  {
    id: "network-public-addresses",
    title: "Only NAT gateways have public addresses",
    targets: PRODUCTION,
    references: {
      psrule: ["Azure.PublicIP.IsAttached"],
      azurePolicy: ["83a86a26-fd1f-447c-b59d-e51f44264114"],
    },
    checkStack: (resources) =>
      ofType(resources, ...ADDRESSES).flatMap((address) => {
        const gateways = ofType(resources, "azure-native:network:NatGateway");
        const others = resources.filter(
          (one) => !gateways.includes(one) && !isDiagnostics(one) && mentions(one, address),
        );
        return violations(address, [
          ...(gateways.some((gateway) => uses(gateway, address))
            ? []
            : ["belongs to no NAT gateway of this stack"]),
          ...others.map(({ name }) => `is used by ${name}`),
        ]);
      }),
  },
  // Without one, everything in the network and in its peers reaches everything in the subnet. Azure assigns the
  // group's id, which may be unknown in a preview; the program decides whether there is a group.
  {
    id: "network-subnet-rules",
    title: "Every subnet has a security group",
    references: {
      psrule: ["Azure.VNET.UseNSGs"],
      azurePolicy: ["e71308d3-144b-4262-b144-efdc3cc90517"],
    },
    types: [NETWORK],
    checkResource: checkSubnets((subnet) => {
      const group = at(subnet, "networkSecurityGroup.id");
      return group === undefined || group === ""
        ? [problem("networkSecurityGroup.id", group, "the id of a security group")]
        : [];
    }),
  },
];

function isOpen(source: unknown): boolean {
  return source === UNKNOWN || typeof source !== "string" || OPEN.test(source);
}

function sources(rule: unknown): readonly unknown[] {
  const one = at(rule, "sourceAddressPrefix");
  return [...(one === undefined ? [] : [one]), ...items(at(rule, "sourceAddressPrefixes"))];
}

function connects(endpoint: PolicyResource, service: PolicyResource, group: string): boolean {
  const connections = "privateLinkServiceConnections";
  return items(endpoint.inputs[connections]).some(
    (connection, index) =>
      items(at(connection, "groupIds")).includes(group) &&
      refersTo(endpoint, `${connections}.${index}.privateLinkServiceId`, service),
  );
}

function uses(gateway: PolicyResource, address: PolicyResource): boolean {
  return ["publicIpAddresses", "publicIpPrefixes"].some((list) =>
    items(gateway.inputs[list]).some((_item, index) =>
      refersTo(gateway, `${list}.${index}.id`, address),
    ),
  );
}

function mentions(resource: PolicyResource, { id, urn }: PolicyResource): boolean {
  if (Object.values(resource.sources).some((sources) => sources.includes(urn))) return true;
  const text = JSON.stringify(resource.inputs).toLowerCase();
  return id !== undefined && text.includes(`"${id.toLowerCase()}"`);
}

/** A diagnostic setting of an address does not make anything reachable. */
function isDiagnostics({ type }: PolicyResource): boolean {
  return type === "azure-native:monitor:DiagnosticSetting";
}

/** A check of each subnet in a network's body. Messages start with the subnet's name. */
function checkSubnets(check: (subnet: unknown) => readonly string[]) {
  return ({ inputs }: PolicyResource): readonly string[] => {
    const subnets = items(inputs["subnets"]);
    if (subnets.length === 0) return [problem("subnets", inputs["subnets"], "a list of subnets")];
    return subnets.flatMap((subnet, index) => {
      const name = knownText(subnet, "name") ?? String(index);
      return check(subnet).map((message) => `subnet ${name}: ${message}`);
    });
  };
}
