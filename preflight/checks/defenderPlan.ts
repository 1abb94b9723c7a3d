import { nonEmptyTextAt, valueAt } from "../../graph/paths";
import { CLUSTERS, ofType, type Declared } from "../declared";
import type { Check } from "../finding";
import type { Question } from "../question";

function question({ subscriptionId }: Declared): Question {
  return {
    path: `/subscriptions/${subscriptionId}/providers/Microsoft.Security/pricings/Containers`,
    // Microsoft Learn, REST: Pricings - Get.
    apiVersion: "2024-01-01",
    action: "Microsoft.Security/pricings/read",
  };
}

function wantsDefender(declared: Declared): boolean {
  return ofType(declared, CLUSTERS).some(
    ({ inputs }) => valueAt(inputs, "securityProfile.defender.securityMonitoring.enabled") === true,
  );
}

/** The plan for containers of Microsoft Defender for Cloud, where the settings turn it on for the cluster. */
export const defenderPlan: Check = {
  id: "defender-plan",
  title: "Defender for Containers",
  questions: (declared) => (wantsDefender(declared) ? [question(declared)] : []),
  findings(declared, answerTo) {
    if (!wantsDefender(declared)) return [];
    const { status, body } = answerTo(question(declared));
    const tier = status === 404 ? "unknown" : nonEmptyTextAt(body, "properties.pricingTier");
    if (tier === undefined || tier === "Standard") return [];
    return [
      {
        key: ["mlscore:cluster", "defender"],
        missing: `the subscription's plan of Defender for Containers is ${tier}, and the settings turn it on for the cluster`,
        who: "someone with Security Admin on the subscription; or set cluster.defender to false",
        command: `az security pricing create --name Containers --tier Standard --subscription ${declared.subscriptionId}`,
      },
    ];
  },
};
