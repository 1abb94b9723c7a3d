import { BOTH, type ResourceRule } from "../../rule";
import { UNKNOWN, fault, items, textAt } from "../../inputChecks";

const AUDIENCE = "api://AzureADTokenExchange";
const SERVICE_ACCOUNT = /^system:serviceaccount:[a-z0-9][a-z0-9-]*:[a-z0-9][a-z0-9.-]*$/;

/**
 * Whoever can present a token with this subject becomes the identity. The issuer is AKS's own and unknown in a first
 * preview; who may use it is the program's to say.
 */
export const federationExact: ResourceRule = {
  id: "federation-exact",
  title: "A federated credential trusts one service account",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["ae62c456-33de-4dc8-b100-7ce9028a7d99", "2571b7c3-3056-4a61-b00a-9bc5232234f5"],
  },
  sees: "resource",
  types: ["azure-native:managedidentity:FederatedIdentityCredential"],
  check: ({ inputs }) => {
    const audiences = items(inputs["audiences"]);
    const subject = textAt(inputs, "subject");
    return [
      ...(audiences.length === 1 && audiences[0] === AUDIENCE
        ? []
        : [fault("audiences", inputs["audiences"], `["${AUDIENCE}"]`)]),
      ...(subject !== undefined && SERVICE_ACCOUNT.test(subject)
        ? []
        : [fault("subject", inputs["subject"], "system:serviceaccount:<namespace>:<name>")]),
      ...(inputs["issuer"] === UNKNOWN || textAt(inputs, "issuer")?.startsWith("https://") === true
        ? []
        : [fault("issuer", inputs["issuer"], "the https address of the cluster's issuer")]),
    ];
  },
};
