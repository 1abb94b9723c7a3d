import { sameText } from "../../graph/sameText";
import { nonEmptyTextAt } from "../../graph/paths";
import type { Declared } from "../declared";
import type { Check } from "../finding";
import type { Question } from "../question";

/** Asked before everything else: without it no other answer tells anything. */
export function subscriptionQuestion({ subscriptionId }: Declared): Question {
  return {
    path: `/subscriptions/${subscriptionId}`,
    // Microsoft Learn, REST: Subscriptions - Get.
    apiVersion: "2022-12-01",
    action: "Microsoft.Resources/subscriptions/read",
    takesForbidden: true,
  };
}

/** States in which resources can be made (Microsoft Learn, "Azure subscription states"). */
const USABLE = ["Enabled", "PastDue"];

/** The settings' subscription is one that the signed-in identity sees, in the tenant that is meant, and usable. */
export const subscription: Check = {
  id: "subscription",
  title: "subscription and tenant",
  questions: (declared) => [subscriptionQuestion(declared)],
  findings(declared, answerTo) {
    const { subscriptionId, subscriptionName, wantedTenantId } = declared;
    const { status, body } = answerTo(subscriptionQuestion(declared));
    if (status !== 200) {
      return [
        {
          key: ["azure-native:subscriptionId"],
          missing: `the signed-in identity cannot see the subscription ${subscriptionId}`,
          who: "someone who may assign roles in that subscription; or sign in as a user who can see it",
          command: `az login && az account show --subscription ${subscriptionId}`,
        },
      ];
    }
    const name = nonEmptyTextAt(body, "displayName");
    const state = nonEmptyTextAt(body, "state");
    const tenant = nonEmptyTextAt(body, "tenantId");
    return [
      ...(state === undefined || USABLE.includes(state)
        ? []
        : [
            {
              key: ["azure-native:subscriptionId"],
              missing: `the subscription ${subscriptionId} is ${state}, so nothing can be created in it`,
              who: "the subscription's billing administrator",
              command: `az account subscription enable --subscription-id ${subscriptionId}`,
            },
          ]),
      ...(name === undefined || subscriptionName === undefined || name === subscriptionName
        ? []
        : [
            {
              key: ["mlscore:subscriptionName"],
              missing: `the subscription ${subscriptionId} is called "${name}", and the settings say "${subscriptionName}"`,
              who: "you: correct the id or the name",
              command: `az account list --query "[?name=='${subscriptionName}'].id" --output tsv`,
            },
          ]),
      ...(tenant === undefined || wantedTenantId === undefined || sameText(tenant, wantedTenantId)
        ? []
        : [
            {
              check: "tenant",
              key: ["azure-native:subscriptionId"],
              missing: `the subscription ${subscriptionId} belongs to the tenant ${tenant}, and ARM_TENANT_ID asks for ${wantedTenantId}`,
              who: "you: sign in to the subscription's tenant",
              command: `export ARM_TENANT_ID=${tenant}`,
            },
          ]),
    ];
  },
};
