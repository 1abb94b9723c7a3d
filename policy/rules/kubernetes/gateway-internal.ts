import { BOTH, type ResourceRule } from "../../rule";
import { at, entry, fault } from "../../inputChecks";

const INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal";

/**
 * The controller makes the gateway's service and passes these annotations on; without the first, AKS gives it a
 * public address.
 */
export const gatewayInternal: ResourceRule = {
  id: "gateway-internal",
  title: "The gateway is on an internal load balancer",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e"],
    other: ['AKS, "Use an internal load balancer"'],
  },
  sees: "resource",
  types: ["kubernetes:gateway.networking.k8s.io/v1:Gateway"],
  check: ({ inputs }) => {
    const value = entry(at(inputs, "spec.infrastructure.annotations"), INTERNAL);
    return value === "true"
      ? []
      : [fault(`spec.infrastructure.annotations["${INTERNAL}"]`, value, '"true"')];
  },
};
