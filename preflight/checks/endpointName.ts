import { listAt, nonEmptyTextAt } from "../../graph/paths";
import { regionName } from "../../graph/sameText";
import { ofType, type Declared } from "../declared";
import type { Check } from "../finding";
import type { Question } from "../question";

const ENDPOINTS = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints";

function question({ subscriptionId }: Declared): Question {
  return {
    path: `/subscriptions/${subscriptionId}/resources`,
    // Microsoft Learn, REST: Resources - List.
    apiVersion: "2021-04-01",
    action: "Microsoft.Resources/subscriptions/resources/read",
    list: true,
    filter: `resourceType eq '${ENDPOINTS}'`,
  };
}

/**
 * No other endpoint of the subscription has the name in the region. Endpoints of other subscriptions cannot be asked for:
 * see the assumption endpoint-name-elsewhere.
 */
export const endpointName: Check = {
  id: "endpoint-name",
  title: "name of the online endpoint",
  questions: (declared) => (ofType(declared, ENDPOINTS).length === 0 ? [] : [question(declared)]),
  findings: (declared, answerTo) =>
    ofType(declared, ENDPOINTS).flatMap(({ id, name }) => {
      const taken = listAt(answerTo(question(declared)).body, "value").flatMap((one) => {
        const other = nonEmptyTextAt(one, "id");
        const isHere =
          regionName(nonEmptyTextAt(one, "location") ?? "") === regionName(declared.location);
        const isOther = other !== undefined && other.toLowerCase() !== id.toLowerCase();
        const isSame = other?.split("/").at(-1)?.toLowerCase() === name.toLowerCase();
        return isOther && isSame && isHere ? [other] : [];
      });
      return taken.map((other) => ({
        key: ["mlscore:endpointDirectory"],
        missing: `the endpoint's name ${name} is taken in ${declared.location} by ${other}`,
        who: "you: change `name` in endpoint.yml; or the owner of the other endpoint, by deleting it",
        command: `az resource show --ids ${other}`,
      }));
    }),
};
