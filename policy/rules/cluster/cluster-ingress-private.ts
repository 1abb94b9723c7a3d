import { BOTH, type ResourceRule } from "../../rule";
import { at, mayOnlyBe, mustBe } from "../../inputChecks";

/**
 * HTTP application routing and the default controller of application routing each make a load balancer with a public
 * address. The gateway of this project is on an internal one.
 */
export const clusterIngressPrivate: ResourceRule = {
  id: "cluster-ingress-private",
  title: "No add-on opens the cluster to the internet",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.HttpAppRouting"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => [
    ...mayOnlyBe(inputs, "addonProfiles.httpApplicationRouting.enabled", false),
    ...mayOnlyBe(inputs, "addonProfiles.ingressApplicationGateway.enabled", false),
    ...(at(inputs, "ingressProfile.webAppRouting.enabled") === true
      ? mustBe(
          inputs,
          "ingressProfile.webAppRouting.nginx.defaultIngressControllerType",
          "None",
          "Internal",
        )
      : mayOnlyBe(inputs, "ingressProfile.webAppRouting.enabled", false)),
  ],
};
