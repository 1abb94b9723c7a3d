import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../review/model";
import { exposureSection } from "../../review/sections/exposure";
import { change, resource, told } from "./smallStack";

/** What can be reached from the internet, in exact words; one property broken at a time. */

function toldOf(after: Resource, before: readonly Resource[] = []): string[] {
  return told(exposureSection(change(before, [after])));
}

const IN = "accepts requests from the internet";

/** Closed, and open by one property. */
const DOORS: readonly (readonly [string, Resource, Record<string, unknown>, string])[] = [
  [
    "a registry",
    resource("containerregistry:Registry", "r", { publicNetworkAccess: "Disabled" }),
    { publicNetworkAccess: "Enabled" },
    `container registry r ${IN}, from identities with a role`,
  ],
  [
    "a vault",
    resource("keyvault:Vault", "v", { properties: { publicNetworkAccess: "Disabled" } }),
    { properties: {} },
    `key vault v ${IN}, from identities with a role`,
  ],
  [
    "an account whose key works",
    resource("storage:StorageAccount", "s", {
      publicNetworkAccess: "Disabled",
      allowBlobPublicAccess: false,
    }),
    { publicNetworkAccess: "Enabled" },
    `storage account s ${IN}, also with the account key`,
  ],
  [
    "an endpoint",
    resource("machinelearningservices:OnlineEndpoint", "e", {
      properties: { publicNetworkAccess: "Disabled", authMode: "Key" },
    }),
    { properties: { publicNetworkAccess: "Enabled", authMode: "Key" } },
    `online endpoint e ${IN}, from callers with a Key`,
  ],
  [
    "an API server",
    resource("containerservice:ManagedCluster", "c", {
      apiServerAccessProfile: { enablePrivateCluster: true },
      networkProfile: { outboundType: "userDefinedRouting" },
    }),
    { apiServerAccessProfile: { enablePrivateCluster: false } },
    "AKS cluster c: its API server is public",
  ],
  [
    "anonymous blobs",
    resource("storage:BlobContainer", "b", { publicAccess: "None" }),
    { publicAccess: "Blob" },
    "blob container b allows anonymous reads of blobs",
  ],
  [
    "a rule of a security group",
    resource("network:NetworkSecurityGroup", "n", { securityRules: [] }),
    {
      securityRules: [
        { name: "in", access: "Allow", direction: "Inbound", sourceAddressPrefix: "Internet" },
        { name: "out", access: "Allow", direction: "Outbound", sourceAddressPrefix: "*" },
        { name: "no", access: "Deny", direction: "Inbound", sourceAddressPrefix: "*" },
      ],
    },
    "network security group n: rule in allows inbound traffic from the internet",
  ],
  [
    "a service of Kubernetes",
    resource("kubernetes:core/v1:Service", "k", { spec: { type: "ClusterIP" } }),
    { spec: { type: "LoadBalancer" } },
    "Service k is a LoadBalancer that is not internal",
  ],
  [
    "a gateway",
    resource("kubernetes:gateway.networking.k8s.io/v1:Gateway", "g", {
      spec: {
        infrastructure: {
          annotations: { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" },
        },
      },
    }),
    { spec: {} },
    "Gateway g gets a public load balancer",
  ],
];

describe("what becomes public", () => {
  it.each(DOORS)("is told of %s", (_what, closed, open, words) => {
    expect(toldOf(closed)).toEqual([]);
    const opened = { ...closed, inputs: { ...closed.inputs, ...open } };
    expect(toldOf(opened)).toEqual([`blocking: Public: ${words}`]);
    expect(toldOf(opened, [opened])).toEqual([]);
    expect(toldOf(closed, [opened])).toEqual([`note: No longer public: ${words}`]);
  });
});

describe("a public address", () => {
  const address = resource("network:PublicIPAddress", "address");

  it("that nothing uses is told as such", () => {
    expect(toldOf(address)).toEqual([
      "blocking: Public: public IP address address, attached to nothing that the stack declares",
    ]);
  });

  it("of a NAT gateway only lets out", () => {
    const gateway = resource("network:NatGateway", "nat", {
      publicIpAddresses: [{ id: address.id }],
    });
    expect(told(exposureSection(change([], [address, gateway])))).toEqual([
      "review: Public: public IP address address for outbound traffic of the NAT gateway nat; it accepts no inbound connections",
    ]);
  });

  it("of anything else lets in", () => {
    const other = resource("network:LoadBalancer", "lb", { frontends: [{ id: address.id }] });
    expect(told(exposureSection(change([], [address, other])))).toEqual([
      "blocking: Public: public IP address address of the LoadBalancer lb",
    ]);
  });
});
