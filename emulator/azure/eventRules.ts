import { listAt, textAt, textsAt, type Inputs } from "../../graph/paths";
import { refuseUnless } from "./refusal";
import type { StoredResources, TypeRules } from "./typeRules";

const TOPIC = "azure-native:eventgrid:SystemTopic";
const VAULT = "azure-native:keyvault:Vault";
const GROUP = "azure-native:monitor:ActionGroup";

/** Rules of events beyond names and parents. */
export const eventRules: Readonly<Record<string, TypeRules>> = {
  [TOPIC]: {
    put(inputs, id, store) {
      const source = textAt(inputs, "source");
      refuseUnless(
        store.read(source)?.token === VAULT &&
          textAt(inputs, "topicType").toLowerCase() === "microsoft.keyvault.vaults",
        `${id} is about ${source || "nothing"}, which is no vault that exists, or has another topicType`,
        "event-topic-source",
      );
      const others = store.list(TOPIC).filter((other) => other.id !== id);
      refuseUnless(
        !others.some(
          (other) => textAt(other.inputs, "source").toLowerCase() === source.toLowerCase(),
        ),
        `${source} has a system topic already, and ${id} would be a second`,
        "event-topic-source",
      );
    },
  },
  "azure-native:eventgrid:SystemTopicEventSubscription": {
    put(inputs, id, store) {
      if (textAt(inputs, "destination.endpointType") === "MonitorAlert") {
        assertAlert(inputs, id, store);
      }
    },
  },
};

function assertAlert(inputs: Inputs, id: string, store: StoredResources): void {
  const schema = textAt(inputs, "eventDeliverySchema");
  refuseUnless(
    schema === "CloudEventSchemaV1_0",
    `eventDeliverySchema of ${id} is "${schema}"; alerts take CloudEventSchemaV1_0`,
    "event-alert",
  );
  const severity = textAt(inputs, "destination.severity");
  refuseUnless(
    /^Sev[0-4]$/.test(severity),
    `severity of ${id} is "${severity}"; must be Sev0 to Sev4`,
    "event-alert",
  );
  const groups = textsAt(inputs, "destination.actionGroups");
  refuseUnless(
    groups.length === listAt(inputs, "destination.actionGroups").length &&
      groups.every((group) => store.read(group)?.token === GROUP),
    `${id} calls ${groups.join(", ")}, not all of which are action groups that exist`,
    "alert-actions",
  );
}
