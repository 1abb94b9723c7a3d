import type { Subnets } from "../config/production/productionTypes";

/** One rule of a network security group, in Azure's words. */
export interface SecurityRule {
  readonly name: string;
  /** Why the flow is needed; Azure takes 140 characters. */
  readonly description: string;
  /** 100 to 4096, the smallest first. */
  readonly priority: number;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly protocol: "Tcp" | "*";
  readonly sourceAddressPrefix?: string;
  readonly sourceAddressPrefixes?: string[];
  readonly sourcePortRange: "*";
  readonly destinationAddressPrefix?: string;
  readonly destinationAddressPrefixes?: string[];
  readonly destinationPortRange?: string;
  readonly destinationPortRanges?: string[];
}

/** Ranges or service tags on both sides of an allowed flow. */
interface Flow {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly protocol: SecurityRule["protocol"];
  readonly ports: readonly string[];
  readonly reason: string;
}

const NETWORK = ["VirtualNetwork"];
const PROBES = ["AzureLoadBalancer"];
const ANY = ["*"];
// After every other rule.
const LAST_PRIORITY = 4096;

/**
 * Inbound rules of every subnet: the flows that the stack needs, and nothing else. Azure's own rules would let the
 * whole network in, so a deny closes each list.
 *
 * The tag `VirtualNetwork` means this network, peered ones and what hangs on their gateways; access is for
 * identities to decide. Outbound stays open except for the private endpoints: what AKS has to reach has names and no
 * fixed addresses, so a security group cannot say it (AKS, "Outbound network and FQDN rules"); a firewall can.
 *
 * @param subnets CIDRs
 * @param podCidr addresses of pods: packets between pods of different nodes are not encapsulated and meet the rules of
 *   the nodes' subnet (AKS, "Azure CNI Overlay networking", network security groups)
 */
export function securityRules(subnets: Subnets<string>, podCidr: string): Subnets<SecurityRule[]> {
  const gateway = [subnets.gateway];
  const cluster = [subnets.nodes, podCidr];
  const callers: Flow = {
    from: NETWORK,
    to: gateway,
    protocol: "Tcp",
    ports: ["80", "443"],
    reason: "Callers of the gateway, in this network and peered ones",
  };
  return {
    nodes: inboundRules({
      // AKS, "Azure CNI Overlay networking": node to node, node to pod, pod to pod, all ports and protocols.
      AllowCluster: {
        from: cluster,
        to: cluster,
        protocol: "*",
        ports: ANY,
        reason: "Nodes and pods among each other, as Azure CNI Overlay needs",
      },
      AllowApiServer: {
        from: [subnets.apiServer],
        to: cluster,
        protocol: "Tcp",
        ports: ANY,
        reason: "API server to kubelets, webhooks and the metrics API, on ports of their own",
      },
      // The load balancer leaves the gateway's address as destination (floating IP), so nodes see that one.
      AllowGateway: callers,
      AllowProbes: {
        from: PROBES,
        to: ANY,
        protocol: "*",
        ports: ANY,
        reason: "Health probes of the internal load balancer",
      },
    }),
    apiServer: apiServerRules(subnets),
    // The runner that pushes images and the job that writes features are in peered networks.
    privateEndpoints: privateEndpointRules(
      subnets.privateEndpoints,
      "Nodes, build agents, the runner and writers of features",
    ),
    gateway: inboundRules({
      AllowCallers: callers,
      AllowProbes: {
        from: PROBES,
        to: gateway,
        protocol: "*",
        ports: ANY,
        reason: "Health probes of the internal load balancer",
      },
    }),
    // Agents fetch their work themselves (Azure Container Registry, "Use dedicated pool to run tasks").
    ...(subnets.build === undefined ? {} : { build: inboundRules({}) }),
  };
}

/**
 * Rules of a subnet with private endpoints: HTTPS from the whole network and its peers, and nothing out.
 *
 * @param range CIDR of the subnet
 * @param reason who calls
 */
export function privateEndpointRules(range: string, reason: string): SecurityRule[] {
  return [
    ...inboundRules({
      AllowHttps: { from: NETWORK, to: [range], protocol: "Tcp", ports: ["443"], reason },
    }),
    denyAll("Outbound", "A private endpoint only answers"),
  ];
}

/** AKS, "API Server VNet Integration", network security group rules. */
function apiServerRules({ nodes, apiServer }: Subnets<string>): SecurityRule[] {
  return inboundRules({
    AllowNodes: {
      from: [nodes],
      to: [apiServer],
      protocol: "Tcp",
      ports: ["443", "4443"],
      reason: "Nodes to the API server; pods come with their node's address",
    },
    AllowAdministrators: {
      from: NETWORK,
      to: [apiServer],
      protocol: "Tcp",
      ports: ["443"],
      reason: "Administrators and the runner, in this network and peered ones",
    },
    AllowProbes: {
      from: PROBES,
      to: [apiServer],
      protocol: "Tcp",
      ports: ["9988"],
      reason: "Health probes of the API server's load balancer",
    },
  });
}

/** Allowed flows by rule name, numbered in their order, then the deny. */
function inboundRules(flows: Readonly<Record<string, Flow>>): SecurityRule[] {
  const allowed = Object.entries(flows).map(
    ([name, { from, to, protocol, ports, reason }], index): SecurityRule => ({
      name,
      description: reason,
      priority: 100 + 10 * index,
      direction: "Inbound",
      access: "Allow",
      protocol,
      sourcePortRange: "*",
      // Azure takes tags and the asterisk only in the singular.
      ...oneOrMore("sourceAddressPrefix", "sourceAddressPrefixes", from),
      ...oneOrMore("destinationAddressPrefix", "destinationAddressPrefixes", to),
      ...oneOrMore("destinationPortRange", "destinationPortRanges", ports),
    }),
  );
  return [...allowed, denyAll("Inbound", "No other inbound traffic")];
}

function denyAll(direction: SecurityRule["direction"], description: string): SecurityRule {
  return {
    name: `DenyAll${direction}`,
    description,
    priority: LAST_PRIORITY,
    direction,
    access: "Deny",
    protocol: "*",
    sourceAddressPrefix: "*",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: "*",
  };
}

function oneOrMore(
  singular: keyof SecurityRule,
  plural: keyof SecurityRule,
  values: readonly string[],
): Partial<SecurityRule> {
  const [first] = values;
  return values.length === 1 ? { [singular]: first } : { [plural]: [...values] };
}
