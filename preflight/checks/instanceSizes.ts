import { listAt, nonEmptyTextAt, numberAt } from "../../graph/paths";
import { machinesFor, type Declared } from "../declared";
import type { Check } from "../finding";
import type { Question } from "../question";

/** Microsoft Learn, REST: Azure Machine Learning, Virtual Machine Sizes - List. */
export function sizesQuestion({ subscriptionId, location }: Declared): Question {
  return {
    path: `/subscriptions/${subscriptionId}/providers/Microsoft.MachineLearningServices/locations/${location}/vmSizes`,
    apiVersion: "2025-12-01",
    action: "Microsoft.MachineLearningServices/locations/vmsizes/read",
  };
}

export interface InstanceSize {
  readonly family: string | undefined;
  readonly cpus: number | undefined;
}

export function instanceSize(body: unknown, size: string): InstanceSize | undefined {
  const found = listAt(body, "value").find(
    (one) => nonEmptyTextAt(one, "name")?.toLowerCase() === size.toLowerCase(),
  );
  if (found === undefined) return undefined;
  return { family: nonEmptyTextAt(found, "family"), cpus: numberAt(found, "vCPUs") };
}

/** Azure ML offers the sizes of all deployments in the region. */
export const instanceSizes: Check = {
  id: "instance-size",
  title: "machine sizes of deployments",
  questions: (declared) =>
    machinesFor(declared, "deployment").length === 0 ? [] : [sizesQuestion(declared)],
  findings(declared, answerTo) {
    const { location, subscriptionId } = declared;
    const { body } = answerTo(sizesQuestion(declared));
    const instances = machinesFor(declared, "deployment");
    const absent = new Set(
      instances.map(({ size }) => size).filter((size) => !instanceSize(body, size)),
    );
    return [...absent].map((size) => {
      const names = instances.filter((one) => one.size === size).map(({ name }) => name);
      return {
        key: ["mlscore:endpointDirectory"],
        missing: `Azure ML does not offer ${size} in ${location}, the instance type of ${names.join(" and ")}`,
        who: "you: set another instance_type in the deployment's YAML",
        command: `az ml compute list-sizes --location ${location} --subscription ${subscriptionId} --output table`,
      };
    });
  },
};
