import { listAt, nonEmptyTextAt, valueAt } from "../../graph/paths";
import { CLUSTERS, ofType, type Declared } from "../declared";
import type { Check } from "../finding";
import type { Question } from "../question";

/** A preview or opt-in that a subscription asks for once. */
interface Feature {
  readonly namespace: string;
  readonly name: string;
  /** What in the stack needs it. */
  readonly because: string;
  readonly key: readonly string[];
}

/** Only those that the stack's pools use. */
function features(declared: Declared): readonly Feature[] {
  const pools = [
    ...ofType(declared, CLUSTERS).flatMap(({ inputs }) => listAt(inputs, "agentPoolProfiles")),
    ...ofType(declared, `${CLUSTERS}/agentPools`).map(({ inputs }) => inputs),
  ];
  const some = (path: string, value: unknown) =>
    pools.some((pool) => valueAt(pool, path) === value);
  return [
    // AKS, "Host-based encryption in AKS", prerequisites.
    ...(some("enableEncryptionAtHost", true)
      ? [
          {
            namespace: "Microsoft.Compute",
            name: "EncryptionAtHost",
            because: "host encryption is enabled",
            key: ["mlscore:cluster", "hostEncryption"],
          },
        ]
      : []),
    // AKS, "Manage SSH for secure access to AKS nodes".
    ...(some("securityProfile.sshAccess", "Disabled")
      ? [
          {
            namespace: "Microsoft.ContainerService",
            name: "DisableSSHPreview",
            because: "nodes have no SSH",
            key: ["mlscore:cluster"],
          },
        ]
      : []),
  ];
}

function question({ subscriptionId }: Declared, { namespace, name }: Feature): Question {
  return {
    path: `/subscriptions/${subscriptionId}/providers/Microsoft.Features/providers/${namespace}/features/${name}`,
    // Microsoft Learn, REST: Features - Get.
    apiVersion: "2021-07-01",
    action: "Microsoft.Features/providers/features/read",
  };
}

export const subscriptionFeatures: Check = {
  id: "feature",
  title: "features of the subscription",
  questions: (declared) => features(declared).map((one) => question(declared, one)),
  findings: (declared, answerTo) =>
    features(declared).flatMap((feature) => {
      const { status, body } = answerTo(question(declared, feature));
      const state = status === 404 ? "unknown" : nonEmptyTextAt(body, "properties.state");
      if (state === undefined || state === "Registered") return [];
      const { namespace, name, because, key } = feature;
      return [
        {
          key,
          missing: `the feature ${namespace}/${name} is ${state} in the subscription, and ${because}`,
          who: "someone with Contributor on the subscription; it takes some minutes",
          command: `az feature register --namespace ${namespace} --name ${name} --subscription ${declared.subscriptionId}`,
        },
      ];
    }),
};
