import { BOTH, type ResourceRule } from "../../rule";
import { at, entry, fault, mustBe } from "../../inputChecks";

const INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal";

/**
 * A service of type LoadBalancer gets a public address unless an annotation says otherwise; NodePort opens a port on
 * every node; external IPs take other people's traffic.
 */
export const servicesInternal: ResourceRule = {
  id: "services-internal",
  title: "No service is reached from outside the cluster's network",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e", "d46c275d-1680-448d-b2ec-e495a3b6cc89"],
    other: ['AKS, "Use an internal load balancer"'],
  },
  sees: "resource",
  types: ["kubernetes:core/v1:Service"],
  check: ({ inputs }) => {
    const isInternal = entry(at(inputs, "metadata.annotations"), INTERNAL) === "true";
    return [
      ...(isInternal
        ? mustBe(inputs, "spec.type", "ClusterIP", "LoadBalancer")
        : mustBe(inputs, "spec.type", "ClusterIP")),
      ...(at(inputs, "spec.externalIPs") === undefined
        ? []
        : [fault("spec.externalIPs", at(inputs, "spec.externalIPs"), "left out")]),
    ];
  },
};
