import { describe, expect, it } from "@jest/globals";
import { azureType, AzureStore } from "../../../emulator/azure/azureStore";
import type { CreatedResource } from "../../../graph/graph";
import { armBody } from "../../../render/armBody";

// Proves the emulator's rules for events; what Azure says to the same is in docs/azure-assumptions.md.

type Inputs = Readonly<Record<string, unknown>>;
const GROUP = "/subscriptions/sub/resourceGroups/rg";
const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv`;
const CALLED = `${GROUP}/providers/Microsoft.Insights/actionGroups/ag`;
const TOPIC = "azure-native:eventgrid:SystemTopic";
const SUBSCRIPTION = "azure-native:eventgrid:SystemTopicEventSubscription";

const topic: Inputs = {
  resourceGroupName: "rg",
  location: "westeurope",
  systemTopicName: "egst-flood",
  source: VAULT,
  topicType: "Microsoft.KeyVault.vaults",
};
const destination: Inputs = {
  endpointType: "MonitorAlert",
  severity: "Sev2",
  description: "d",
  actionGroups: [CALLED],
};
const subscription: Inputs = {
  resourceGroupName: "rg",
  systemTopicName: "egst-flood",
  eventSubscriptionName: "CertificateExpired",
  eventDeliverySchema: "CloudEventSchemaV1_0",
  filter: { includedEventTypes: ["Microsoft.KeyVault.CertificateExpired"] },
  destination,
};

function store(withTopic = true): AzureStore {
  const found = (token: string, id: string): CreatedResource => ({
    token: `azure-native:${token}`,
    id,
    inputs: {},
    outputs: {},
  });
  const filled = new AzureStore(
    { subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg"] },
    [found("keyvault:Vault", VAULT), found("monitor:ActionGroup", CALLED)],
  );
  if (withTopic) filled.create(TOPIC, topic);
  return filled;
}

describe("the emulator's events", () => {
  it("take a topic of a vault and an alert on its events", () => {
    expect(store().create(SUBSCRIPTION, subscription).id).toBe(
      `${GROUP}/providers/Microsoft.EventGrid/systemTopics/egst-flood/eventSubscriptions/CertificateExpired`,
    );
  });

  it.each<[string, Inputs, RegExp]>([
    ["a source that is not there", { source: `${VAULT}x` }, /no vault that exists/],
    ["a source that is no vault", { source: CALLED }, /no vault that exists/],
    ["another type", { topicType: "Microsoft.Storage.StorageAccounts" }, /another topicType/],
    ["a short name", { systemTopicName: "eg" }, /3–50 letters/],
  ])("refuse a topic with %s", (_, changes, message) => {
    expect(() => store(false).create(TOPIC, { ...topic, ...changes })).toThrow(message);
  });

  it("refuse a second topic of a vault", () => {
    expect(() => store().create(TOPIC, { ...topic, systemTopicName: "egst-other" })).toThrow(
      /has a system topic already/,
    );
  });

  it.each<[string, Inputs, RegExp]>([
    ["another schema", { eventDeliverySchema: "EventGridSchema" }, /CloudEventSchemaV1_0/],
    ["severity 2", { destination: { ...destination, severity: "2" } }, /Sev0 to Sev4/],
    [
      "a group that is not there",
      { destination: { ...destination, actionGroups: [`${CALLED}x`] } },
      /action groups that exist/,
    ],
    ["no topic", { systemTopicName: "egst-missing" }, /egst-missing/],
    ["a name with a dot", { eventSubscriptionName: "a.b.c" }, /3–64 letters/],
  ])("refuse an alert with %s", (_, changes, message) => {
    expect(() => store().create(SUBSCRIPTION, { ...subscription, ...changes })).toThrow(message);
  });

  it("stand in a template with the kind of destination beside its properties", () => {
    const { endpointType, ...properties } = destination;
    expect(armBody(azureType(SUBSCRIPTION), subscription, "id")["properties"]).toMatchObject({
      destination: { endpointType, properties },
    });
  });
});
