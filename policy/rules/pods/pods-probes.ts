import { BOTH, type ResourceRule } from "../../rule";
import { at, fault } from "../../inputChecks";
import { WORKLOADS, checkContainers } from "../../workloads";

/**
 * Without the first, requests go to a server that still loads its model; without the second, a dead one keeps its
 * place.
 */
export const podsProbes: ResourceRule = {
  id: "pods-probes",
  title: "Containers say when they are ready and when they are alive",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["b1a9997f-2883-4f12-bdff-2280f99b5915"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkContainers(resource, (container, _pod, list) =>
      list === "containers"
        ? ["readinessProbe", "livenessProbe"].flatMap(hasHandler(container))
        : [],
    ),
};

const HANDLERS = ["httpGet", "tcpSocket", "exec", "grpc"];

function hasHandler(container: unknown) {
  return (probe: string): string[] =>
    HANDLERS.some((handler) => at(container, `${probe}.${handler}`) !== undefined)
      ? []
      : [fault(probe, at(container, probe), `a probe with one of ${HANDLERS.join(", ")}`)];
}
