import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** A key or a SAS in a datastore is handed to everybody who may read the datastore. */
export const datastoreWithoutCredentials: ResourceRule = {
  id: "datastore-without-credentials",
  title: "A datastore keeps no credentials",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ['Azure ML, "Create datastores", identity-based access'],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:Datastore"],
  check: ({ inputs }) => mustBe(inputs, "properties.credentials.credentialsType", "None"),
};
