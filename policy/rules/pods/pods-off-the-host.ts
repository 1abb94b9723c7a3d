import { BOTH, type ResourceRule } from "../../rule";
import { items, mayOnlyBe } from "../../inputChecks";
import { WORKLOADS, checkContainers, checkPod } from "../../workloads";

/** With the node's network, processes or memory a pod sees and talks as the node does, past all network policies. */
export const podsOffTheHost: ResourceRule = {
  id: "pods-off-the-host",
  title: "Pods share nothing with their node",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.2.2", "4.2.3", "4.2.4"],
    azurePolicy: ["47a1ee2f-2a2a-4576-bf2a-e0e36709c2b8", "82985f06-dc18-4a48-bc1c-b9f4f0098cfe"],
    other: ["Kubernetes, Pod Security Standards, baseline"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) => [
    ...checkPod(resource, (pod) =>
      ["hostNetwork", "hostPID", "hostIPC"].flatMap((key) => mayOnlyBe(pod, key, false)),
    ),
    ...checkContainers(resource, (container) =>
      items(container["ports"]).flatMap((port) => mayOnlyBe(port, "hostPort", 0)),
    ),
  ],
};
