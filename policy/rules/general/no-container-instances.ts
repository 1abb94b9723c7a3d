import { BOTH, type ResourceRule } from "../../rule";
import { items, mayOnlyBe, textAt } from "../../inputChecks";
import { checkPod, WORKLOADS } from "../../workloads";

/**
 * IT forbids them: they cannot pull from a privately networked registry, and the way round needs its admin account.
 * They come by other doors too: AKS's virtual nodes, pods that ask for one, and compute that a workspace attaches.
 * No exemption lifts this.
 */
export const noContainerInstances: ResourceRule = {
  id: "no-container-instances",
  title: "Nothing runs on Azure Container Instances",
  severity: "mandatory",
  targets: BOTH,
  isFinal: true,
  references: {
    other: ['README, "What it does not do"', 'AKS, "Virtual nodes"'],
  },
  sees: "resource",
  types: "all",
  check: ({ type, inputs }) => [
    ...(/containerinstance|containerservice\/group/i.test(type)
      ? ["is an Azure Container Instance; run it on the cluster or behind a managed endpoint"]
      : []),
    ...mayOnlyBe(inputs, "addonProfiles.aciConnectorLinux.enabled", false),
    ...(/^(aci|containerinstances?)$/i.test(textAt(inputs, "properties.computeType") ?? "")
      ? ["properties.computeType is Azure Container Instances"]
      : []),
    ...(WORKLOADS.includes(type) ? checkPod({ type, inputs }, virtualNode) : []),
  ],
};

/** How a pod asks for a virtual node (AKS, "Create virtual nodes using Azure CLI"). */
function virtualNode(pod: Readonly<Record<string, unknown>>): string[] {
  const tolerated = items(pod["tolerations"]).some((toleration) =>
    (textAt(toleration, "key") ?? "").startsWith("virtual-kubelet.io/"),
  );
  return tolerated || textAt(pod, "nodeSelector.type") === "virtual-kubelet"
    ? ["the pods may run on a virtual node, which is Azure Container Instances"]
    : [];
}
