import { isObject } from "../graph/paths";
import { at, problem, items, knownText } from "./inputChecks";
import type { PolicyResource } from "./rule";

/** Kinds that start pods, and the path of the pod's `spec` in each. */
const POD_SPECS: Readonly<Record<string, string>> = {
  "kubernetes:apps/v1:DaemonSet": "spec.template.spec",
  "kubernetes:apps/v1:Deployment": "spec.template.spec",
  "kubernetes:apps/v1:ReplicaSet": "spec.template.spec",
  "kubernetes:apps/v1:StatefulSet": "spec.template.spec",
  "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template.spec",
  "kubernetes:batch/v1:Job": "spec.template.spec",
  "kubernetes:core/v1:Pod": "spec",
};

export const WORKLOADS = Object.keys(POD_SPECS);

/** All three lists: a container in any of them can do the same harm. */
const CONTAINER_LISTS = ["initContainers", "containers", "ephemeralContainers"];

type Spec = Readonly<Record<string, unknown>>;
type WorkloadCheck = (workload: Pick<PolicyResource, "type" | "inputs">) => readonly string[];

/** A check of the pod specification of a workload. A workload without one fails. */
export function checkPod(check: (pod: Spec) => readonly string[]): WorkloadCheck {
  return ({ type, inputs }) => {
    const path = POD_SPECS[type] ?? "spec.template.spec";
    const pod = at(inputs, path);
    return isObject(pod) ? check(pod) : [problem(path, pod, "the pods' specification")];
  };
}

/** A check of each container of a workload's pods. Messages start with the container's name. */
export function checkContainers(
  check: (container: Spec, pod: Spec, list: string) => readonly string[],
): WorkloadCheck {
  return checkPod((pod) => {
    if (items(pod["containers"]).length === 0) {
      return [problem("containers", pod["containers"], "a list of containers")];
    }
    return CONTAINER_LISTS.flatMap((list) =>
      items(pod[list]).flatMap((container, index) => {
        const name = knownText(container, "name") ?? `${list}[${index}]`;
        if (!isObject(container)) return [`container ${name} is not known before the run`];
        return check(container, pod, list).map((message) => `container ${name}: ${message}`);
      }),
    );
  });
}

/** A setting of the container, or else of its pod. */
export function inherited(container: Spec, pod: Spec, path: string): unknown {
  return at(container, path) ?? at(pod, path);
}
