import type { Problem } from "../../errors";
import type { OnlineEndpointDefinition } from "../types";
import { problemAt } from "../azureml/problemAt";

/**
 * Namespaces of Kubernetes, AKS and its add-ons: `kube-system`, `gatekeeper-system`, `app-routing-system`,
 * `aks-istio-system`, `azure-arc` (Azure/azure-policy, PSPRestrictedStandard.json; AKS, "Core concepts", namespaces).
 */
const SYSTEM = /^(?:default|kube-.*|aks-.*|azure-.*|.*-system|tigera-operator)$/;

/**
 * Why the endpoint's name cannot be a namespace, which it becomes in production. Azure ML lets it have capitals, which
 * Kubernetes does not (RFC 1123 labels); its at most 32 characters leave room for `<name>-gateway`, the other namespace.
 */
export function endpointNameProblems({ name, file }: OnlineEndpointDefinition): Problem[] {
  const message = nameProblem(name);
  return message === undefined ? [] : [problemAt(file, ["name"], message)];
}

function nameProblem(name: string): string | undefined {
  const what = `is "${name}", which is the namespace's name in production;`;
  if (name !== name.toLowerCase()) return `${what} write it in lower case`;
  return SYSTEM.test(name)
    ? `${what} Kubernetes or AKS has namespaces of such a name itself, choose another one`
    : undefined;
}
