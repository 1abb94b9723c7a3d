import type { PolicyResource } from "./rule";
import { at, fault, items, textAt } from "./inputChecks";

/** Kinds that start pods, and where their template's `spec` lies. */
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

/** Lists of containers in a pod; a container of any of them can do the same harm. */
const CONTAINER_LISTS = ["initContainers", "containers", "ephemeralContainers"];

/** What is wrong with a workload's pods; a workload without a template is wrong as it is. */
export function checkPod(
  resource: Pick<PolicyResource, "type" | "inputs">,
  check: (pod: Readonly<Record<string, unknown>>) => readonly string[],
): readonly string[] {
  const path = POD_SPECS[resource.type] ?? "spec.template.spec";
  const pod = at(resource.inputs, path);
  return isObject(pod) ? check(pod) : [fault(path, pod, "the pods' specification")];
}

/** What is wrong with the containers of a workload's pods, each with its name in front. */
export function checkContainers(
  resource: Pick<PolicyResource, "type" | "inputs">,
  check: (
    container: Readonly<Record<string, unknown>>,
    pod: Readonly<Record<string, unknown>>,
    list: string,
  ) => readonly string[],
): readonly string[] {
  return checkPod(resource, (pod) => {
    if (items(pod["containers"]).length === 0) {
      return [fault("containers", pod["containers"], "a list of containers")];
    }
    return CONTAINER_LISTS.flatMap((list) =>
      items(pod[list]).flatMap((container, index) => {
        const name = textAt(container, "name") ?? `${list}[${index}]`;
        if (!isObject(container)) return [`container ${name} is not known before the run`];
        return check(container, pod, list).map((message) => `container ${name}: ${message}`);
      }),
    );
  });
}

/** A setting that a container has by itself, or else from its pod. */
export function inherited(
  container: Readonly<Record<string, unknown>>,
  pod: Readonly<Record<string, unknown>>,
  path: string,
): unknown {
  return at(container, path) ?? at(pod, path);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
