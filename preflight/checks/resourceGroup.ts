import type { Declared } from "../declared";
import type { AnswerTo, Check } from "../finding";
import type { Question } from "../question";

export function groupQuestion({ resourceGroup }: Declared): Question {
  return {
    path: resourceGroup.id,
    // The one that a stack makes its own group with (azure-native 3.28).
    apiVersion: "2024-03-01",
    action: "Microsoft.Resources/subscriptions/resourceGroups/read",
  };
}

/** Whether something can be asked of the group: below one that is not there, every answer is that it is missing. */
export function groupExists(declared: Declared, answerTo: AnswerTo): boolean {
  return answerTo(groupQuestion(declared)).status !== 404;
}

/** A group that the stack does not make is there. */
export const resourceGroup: Check = {
  id: "resource-group",
  title: "resource group",
  questions: (declared) => (declared.resourceGroup.create ? [] : [groupQuestion(declared)]),
  findings(declared, answerTo) {
    const { resourceGroup, location, subscriptionId } = declared;
    if (resourceGroup.create || groupExists(declared, answerTo)) return [];
    return [
      {
        key: ["mlscore:resourceGroup", "name"],
        missing: `there is no resource group ${resourceGroup.name}, and the stack does not create it (resourceGroup.create)`,
        who: "someone with Contributor on the subscription",
        command: `az group create --name ${resourceGroup.name} --location ${location} --subscription ${subscriptionId}`,
      },
    ];
  },
};
