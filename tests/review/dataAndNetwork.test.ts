import { describe, expect, it } from "@jest/globals";
import { dataSection } from "../../review/sections/dataAtRisk";
import { networkSection } from "../../review/sections/network";
import { foundationSection } from "../../review/sections/foundation";
import type { Resource } from "../../review/model";
import { change, compared, graph, resource, told } from "./smallStack";

/** What would be lost, guarded less, or cut off, in exact words. */

const files = resource(
  "storage:StorageAccount",
  "files",
  { location: "here", sku: { name: "Standard_ZRS" } },
  { protect: true },
);

function dataTold(before: Resource, ...after: Resource[]): string[] {
  return told(dataSection(change([before], after)));
}

describe("data", () => {
  it("goes with what is deleted, if nothing protects it", () => {
    expect(dataTold(files)).toEqual([
      "blocking: Data: storage account files would be deleted with its files; it is protected, so Pulumi would refuse",
    ]);
    expect(dataTold({ ...files, protect: false })).toEqual([
      "blocking: Data: storage account files would be deleted with its files; it is not protected",
    ]);
  });

  it("goes with what is replaced, and with what lies in it", () => {
    const container = resource(
      "storage:BlobContainer",
      "features",
      {},
      {
        id: `${files.id ?? ""}/blobServices/default/containers/features`,
      },
    );
    const moved = { ...files, inputs: { ...files.inputs, location: "there" } };
    expect(told(dataSection(change([files, container], [moved, container])))).toEqual([
      "blocking: Data: storage account files would be replaced with its files, because location cannot be changed in place; it is protected, so Pulumi would refuse",
      "blocking: Data: blob container features would be replaced with its files, along with storage account files; it is not protected",
    ]);
  });

  it("is guarded less without protection and with fewer copies", () => {
    expect(dataTold(files, { ...files, protect: false })).toEqual([
      "blocking: Data: storage account files would no longer be protected against deletion",
    ]);
    const single = { ...files, inputs: { ...files.inputs, sku: { name: "Standard_LRS" } } };
    expect(dataTold(files, single)).toEqual([
      "blocking: Data: storage account files would have less redundancy: Standard_LRS, not Standard_ZRS",
    ]);
    expect(dataTold(single, files)).toEqual([]);
  });

  it("is kept shorter", () => {
    const vault = (properties: object) => resource("keyvault:Vault", "v", { properties });
    const logs = (retentionInDays: number) =>
      resource("operationalinsights:Workspace", "l", { retentionInDays });
    expect(
      dataTold(
        vault({ enablePurgeProtection: true, softDeleteRetentionInDays: 90 }),
        vault({ softDeleteRetentionInDays: 7 }),
      ),
    ).toEqual([
      "blocking: Data: key vault v would lose its purge protection",
      "blocking: Data: key vault v would have 7 days of soft delete, not 90",
    ]);
    expect(dataTold(logs(90), logs(30))).toEqual([
      "blocking: Data: Log Analytics workspace l would have 30 days of logs, not 90",
    ]);
    expect(dataTold(logs(30), logs(90))).toEqual([]);
  });
});

describe("the network", () => {
  const subnet = { name: "nodes", addressPrefix: "10.0.0.0/24", networkSecurityGroup: { id: "n" } };
  const network = (...subnets: object[]) => resource("network:VirtualNetwork", "net", { subnets });
  const networkTold = (after: Resource) => told(networkSection(change([network(subnet)], [after])));

  it("loses a subnet", () => {
    expect(networkTold(network())).toEqual([
      "blocking: Network: subnet nodes of virtual network net (10.0.0.0/24) would be deleted",
    ]);
  });

  it("has a subnet with another range, without its rules, with another way out", () => {
    expect(networkTold(network({ ...subnet, addressPrefix: "10.0.1.0/24" }))).toEqual([
      "blocking: Network: subnet nodes of virtual network net would have the range 10.0.1.0/24, not 10.0.0.0/24; Azure refuses this while addresses are in use",
    ]);
    expect(networkTold(network({ ...subnet, networkSecurityGroup: undefined }))).toEqual([
      "blocking: Network: subnet nodes of virtual network net would lose its security group",
    ]);
    expect(networkTold(network({ ...subnet, routeTable: { id: "r" } }))).toEqual([
      "review: Network: subnet nodes of virtual network net would have a different egress path",
    ]);
  });

  it("gets a subnet without a word on the first screen", () => {
    expect(networkTold(network(subnet, { name: "new", addressPrefix: "10.0.2.0/24" }))).toEqual([]);
  });

  it("lets others through", () => {
    const rules = (access: string) =>
      resource("network:NetworkSecurityGroup", "nsg", { securityRules: [{ name: "in", access }] });
    expect(told(networkSection(change([rules("Deny")], [rules("Allow")])))).toEqual([
      "review: Network: network security group nsg would allow different traffic: in",
    ]);
  });

  it("loses a private link and its name", () => {
    const link = resource("network:PrivateEndpoint", "link");
    const zone = resource("network:PrivateDnsZoneGroup", "names");
    expect(told(networkSection(change([link, zone], [])))).toEqual([
      "review: Network: private endpoint link goes: the network cannot reach its service",
      "review: Network: private DNS records names goes: its names do not resolve",
    ]);
  });
});

describe("a choice for life", () => {
  it("that differs is told as what the next run refuses", () => {
    const created = (location: string) => graph([], { outputs: { foundation: { location } } });
    expect(told(foundationSection(compared(created("here"), created("there"))))).toEqual([
      'blocking: Immutable setting: location is "there"; this stack was created with "here", and a change would replace all resources of the stack, with their data: set it back, or create a second stack',
    ]);
    expect(told(foundationSection(compared(created("here"), created("here"))))).toEqual([]);
    expect(told(foundationSection(compared(graph([]), created("here"))))).toEqual([]);
  });
});
