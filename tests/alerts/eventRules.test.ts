import { beforeAll, describe, expect, it } from "@jest/globals";
import { productionRun } from "../stacks";
import { ALERTS } from "./allAlerts";

/**
 * Alerts on events of the vault, as the stack declares their subscriptions, over every type of event that Key Vault has (Event
 * Grid, "Azure Key Vault as Event Grid source"). Not proved: that Event Grid filters and calls alike.
 */

const SUBSCRIPTION = "azure-native:eventgrid:SystemTopicEventSubscription";

/** Of an ordinary day: versions are made, a policy changes, keys and secrets, which have alerts of nobody here, expire. */
const ORDINARY = [
  "Microsoft.KeyVault.CertificateNewVersionCreated",
  "Microsoft.KeyVault.KeyNewVersionCreated",
  "Microsoft.KeyVault.KeyNearExpiry",
  "Microsoft.KeyVault.KeyExpired",
  "Microsoft.KeyVault.SecretNewVersionCreated",
  "Microsoft.KeyVault.SecretNearExpiry",
  "Microsoft.KeyVault.SecretExpired",
  "Microsoft.KeyVault.VaultAccessPolicyChanged",
];

interface Subscription {
  readonly eventSubscriptionName: string;
  readonly filter: { readonly includedEventTypes: readonly string[] };
  readonly destination: { readonly severity: string; readonly actionGroups: readonly string[] };
}

let subscriptions: Subscription[];
beforeAll(async () => {
  const notify = { owner: "flood team", email: ["oncall@example.com"] };
  const run = await productionRun({ certificateName: "flood", plainHttp: false, notify });
  subscriptions = run.resources
    .filter(({ type }) => type === SUBSCRIPTION)
    .map(({ inputs }) => inputs as unknown as Subscription);
});

/** Names of the alerts that an event raises. */
const raised = (type: string) =>
  subscriptions
    .filter(({ filter }) => filter.includedEventTypes.includes(type))
    .map(({ eventSubscriptionName }) => eventSubscriptionName);

describe("alerts on events", () => {
  it("each fire at the event that they are about, and call the stack's action group", () => {
    const alerts = ALERTS.filter(({ vaultEvent }) => vaultEvent !== undefined);
    expect(alerts.map(({ name, vaultEvent }) => [name, raised(vaultEvent ?? "")])).toEqual([
      ["CertificateNearExpiry", ["CertificateNearExpiry"]],
      ["CertificateExpired", ["CertificateExpired"]],
    ]);
    expect(subscriptions.map(({ destination }) => destination.severity)).toEqual(["Sev2", "Sev0"]);
    for (const { destination } of subscriptions) {
      expect(destination.actionGroups).toHaveLength(1);
      expect(destination.actionGroups[0]).toMatch(/\/actionGroups\/[^/]+$/);
    }
  });

  it.each(ORDINARY)("are silent at %s", (type) => {
    expect(raised(type)).toEqual([]);
  });
});
