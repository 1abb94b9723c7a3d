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
      "stop: Data: storage account files would be deleted with its files; it is protected, so the engine would refuse",
    ]);
    expect(dataTold({ ...files, protect: false })).toEqual([
      "stop: Data: storage account files would be deleted with its files; nothing protects it",
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
      "stop: Data: storage account files would be replaced with its files, because location cannot be changed in place; it is protected, so the engine would refuse",
      "stop: Data: blob container features would be replaced with its files, along with storage account files; nothing protects it",
    ]);
  });

  it("is guarded less without protection and with fewer copies", () => {
    expect(dataTold(files, { ...files, protect: false })).toEqual([
      "stop: Data: storage account files would no longer be protected against deletion",
    ]);
    const single = { ...files, inputs: { ...files.inputs, sku: { name: "Standard_LRS" } } };
    expect(dataTold(files, single)).toEqual([
      "stop: Data: storage account files would keep fewer copies: Standard_LRS, not Standard_ZRS",
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
      "stop: Data: key vault v loses its purge protection",
      "stop: Data: key vault v would have 7 days of soft delete, not 90",
    ]);
    expect(dataTold(logs(90), logs(30))).toEqual([
      "stop: Data: Log Analytics workspace l would have 30 days of logs, not 90",
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
      "stop: Network: subnet nodes of virtual network net (10.0.0.0/24) would be deleted",
    ]);
  });

  it("has a subnet with another range, without its rules, with another way out", () => {
    expect(networkTold(network({ ...subnet, addressPrefix: "10.0.1.0/24" }))).toEqual([
      "stop: Network: subnet nodes of virtual network net would have the range 10.0.1.0/24, not 10.0.0.0/24; Azure refuses while addresses are in use",
    ]);
    expect(networkTold(network({ ...subnet, networkSecurityGroup: undefined }))).toEqual([
      "stop: Network: subnet nodes of virtual network net would have no security group any more",
    ]);
    expect(networkTold(network({ ...subnet, routeTable: { id: "r" } }))).toEqual([
      "look: Network: subnet nodes of virtual network net would have another way out",
    ]);
  });

  it("gets a subnet without a word on the first screen", () => {
    expect(networkTold(network(subnet, { name: "new", addressPrefix: "10.0.2.0/24" }))).toEqual([]);
  });

  it("lets others through", () => {
    const rules = (access: string) =>
      resource("network:NetworkSecurityGroup", "nsg", { securityRules: [{ name: "in", access }] });
    expect(told(networkSection(change([rules("Deny")], [rules("Allow")])))).toEqual([
      "look: Network: network security group nsg would let others through: in",
    ]);
  });

  it("loses a private link and its name", () => {
    const link = resource("network:PrivateEndpoint", "link");
    const zone = resource("network:PrivateDnsZoneGroup", "names");
    expect(told(networkSection(change([link, zone], [])))).toEqual([
      "look: Network: private endpoint link goes: nobody in the network reaches its service",
      "look: Network: private DNS records names goes: names in it lead nowhere",
    ]);
  });
});

describe("a choice for life", () => {
  it("that differs is told as what the next run refuses", () => {
    const created = (location: string) => graph([], { outputs: { foundation: { location } } });
    expect(told(foundationSection(compared(created("here"), created("there"))))).toEqual([
      'stop: Refused once made: location is "there"; this stack was made with "here", and a change would replace all that the stack has, with its data: set it back, or make a second stack beside this one',
    ]);
    expect(told(foundationSection(compared(created("here"), created("here"))))).toEqual([]);
    expect(told(foundationSection(compared(graph([]), created("here"))))).toEqual([]);
  });
});
