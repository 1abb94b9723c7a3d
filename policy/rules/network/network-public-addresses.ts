import { ofType, refersTo, violations } from "../../relations";
import { PRODUCTION, type PolicyResource, type StackRule } from "../../rule";
import { items } from "../../inputChecks";

const ADDRESSES = [
  "azure-native:network:PublicIPAddress",
  "azure-native:network:PublicIPPrefix",
  "azure-native:network:CustomIPPrefix",
];

/**
 * The only public address of production is the one that nodes leave from. A NAT gateway takes no connections from
 * outside, so the address is no way in. One that hangs on nothing waits for somebody to hang it on something.
 */
export const networkPublicAddresses: StackRule = {
  id: "network-public-addresses",
  title: "A public address is a NAT gateway's and nobody else's",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.PublicIP.IsAttached"],
    azurePolicy: ["83a86a26-fd1f-447c-b59d-e51f44264114"],
  },
  sees: "stack",
  check: (resources) =>
    ofType(resources, ...ADDRESSES).flatMap((address) => {
      const gateways = ofType(resources, "azure-native:network:NatGateway");
      const others = resources.filter(
        (one) => !gateways.includes(one) && !isDiagnostics(one) && mentions(one, address),
      );
      return violations(address, [
        ...(gateways.some((gateway) => isOf(gateway, address))
          ? []
          : ["belongs to no NAT gateway of this stack"]),
        ...others.map(({ name }) => `is used by ${name}`),
      ]);
    }),
};

function isOf(gateway: PolicyResource, address: PolicyResource): boolean {
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

/** Logs of an address make nothing reachable. */
function isDiagnostics({ type }: PolicyResource): boolean {
  return type === "azure-native:monitor:DiagnosticSetting";
}
