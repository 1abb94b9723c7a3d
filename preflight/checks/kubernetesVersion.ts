import { nonEmptyTextAt } from "../../graph/paths";
import { offeredVersions, versionsQuestion } from "../../components/azureReads";
import { endProblems, supportProblems } from "../../components/kubernetesSupport";
import { upgradeProblem } from "../../components/liveCluster";
import { CLUSTERS, ofType, type Declared } from "../declared";
import type { Check, Found } from "../finding";
import { existing } from "./globalNames";

/** AKS takes the settings' Kubernetes version: the same rules as the program's own, which asks again in every preview. */
export function kubernetesVersion(now: Date): Check {
  return {
    id: "kubernetes-version",
    title: "Kubernetes version",
    questions: (declared) =>
      clusters(declared).flatMap((cluster) => [question(declared), existing(cluster)]),
    findings: (declared, answerTo) =>
      clusters(declared).flatMap((cluster): Found[] => {
        const { kubernetesVersion: minor = "", location } = declared;
        const offered = offeredVersions(answerTo(question(declared)).body);
        // An answer without versions says nothing; the program asks again before it declares anything.
        if (offered.length === 0) return [];
        const { body } = answerTo(existing(cluster));
        const live = nonEmptyTextAt(body, "properties.currentKubernetesVersion");
        const path = upgradeProblem(live, minor);
        return [
          ...supportProblems(offered, { minor, live, location }),
          ...(path === undefined ? [] : [{ message: path, severity: "error" as const }]),
          ...endProblems(minor, now),
        ].map(({ message, severity }) => ({
          key: ["mlscore:cluster", "kubernetesVersion"],
          ...(severity === "warning" ? { kind: "note" as const } : {}),
          missing: `kubernetesVersion ${message}`,
          who: "you: write another version",
          command: `az aks get-versions --location ${location} --subscription ${declared.subscriptionId} --output table`,
        }));
      }),
  };
}

function clusters(declared: Declared) {
  return ofType(declared, CLUSTERS);
}

function question({ subscriptionId, location }: Declared) {
  return versionsQuestion(subscriptionId, location);
}
