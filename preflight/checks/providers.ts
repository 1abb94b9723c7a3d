import { nonEmptyTextAt, valueAt } from "../../graph/paths";
import type { Check } from "../finding";
import { ofType, type Declared } from "../declared";
import type { Question } from "../question";

/** Providers that every subscription has (Microsoft Learn, "Azure resource providers and types": registered by default). */
const ALWAYS = ["Microsoft.Authorization", "Microsoft.Resources"];

/** Namespaces of what the stack declares, and those that its cluster's add-ons use by themselves. */
function namespaces(declared: Declared): readonly string[] {
  const own = declared.resources.map(({ type }) => type.split("/")[0] ?? "");
  const addOns = ofType(declared, "Microsoft.ContainerService/managedClusters").flatMap(
    ({ inputs }) => [
      // AKS, "Azure Policy add-on", prerequisites; "Monitor AKS", prerequisites of Container insights.
      ...(valueAt(inputs, "addonProfiles.azurepolicy.enabled") === true
        ? ["Microsoft.PolicyInsights"]
        : []),
      ...(valueAt(inputs, "addonProfiles.omsagent.enabled") === true
        ? ["Microsoft.OperationsManagement"]
        : []),
    ],
  );
  return [...new Set([...own, ...addOns])].filter((one) => !ALWAYS.includes(one)).toSorted();
}

function question({ subscriptionId }: Declared, namespace: string): Question {
  return {
    path: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    // Microsoft Learn, REST: Providers - Get.
    apiVersion: "2021-04-01",
    action: "Microsoft.Resources/subscriptions/providers/read",
  };
}

/** Resource providers are registered: azure-native registers none. */
export const providers: Check = {
  id: "resource-provider",
  title: "resource providers",
  questions: (declared) => namespaces(declared).map((one) => question(declared, one)),
  findings: (declared, answerTo) =>
    namespaces(declared).flatMap((namespace) => {
      const { status, body } = answerTo(question(declared, namespace));
      const state = status === 404 ? "unknown" : nonEmptyTextAt(body, "registrationState");
      if (state === undefined || /^registered$/i.test(state)) return [];
      return [
        {
          missing: `the resource provider ${namespace} is ${inWords(state)} in the subscription`,
          who: "someone with Contributor on the subscription",
          command: `az provider register --namespace ${namespace} --subscription ${declared.subscriptionId} --wait`,
        },
      ];
    }),
};

/** `NotRegistered` → `not registered`. */
function inWords(state: string): string {
  return state.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
