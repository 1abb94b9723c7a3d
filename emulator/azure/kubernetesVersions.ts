import type { AzureReads, OfferedVersion } from "../../components/azureReads";
import { textAt, type Inputs } from "../../graph/paths";
import { Refusal } from "./refusal";
import type { StoredResources } from "./typeRules";

const OFFICIAL = "KubernetesOfficial";
const LONG_TERM = "AKSLongTermSupport";

/**
 * Versions that the emulator's regions offer: AKS's release calendar from 1 December 2026 on (AKS documentation,
 * "Supported Kubernetes versions", 2026-08-05). The emulator has no clock.
 */
export const OFFERED_VERSIONS: readonly OfferedVersion[] = [
  ["1.33", LONG_TERM],
  ["1.34", LONG_TERM],
  ["1.35", OFFICIAL, LONG_TERM],
  ["1.36", OFFICIAL, LONG_TERM],
  ["1.37", OFFICIAL, LONG_TERM],
].map(([version = "", ...supportPlans]) => ({ version, isPreview: false, supportPlans }));

/** Answers to what the program asks Azure by itself. */
export const emulatedReads: AzureReads = {
  kubernetesVersions: () => Promise.resolve(OFFERED_VERSIONS),
};

/**
 * Refuses to make a cluster with a version, or to bring one to it, that the region does not offer under the cluster's
 * support plan. Code and words for versions of long-term support are Azure's (kubeblocks pull request 10136,
 * cluster-api-provider-azure issue 5953); for other versions the code alone is known.
 *
 * @throws Refusal
 */
export function assertOfferedVersion(inputs: Inputs, id: string, store: StoredResources): void {
  const version = textAt(inputs, "kubernetesVersion");
  if (version === "" || textAt(store.read(id)?.inputs, "kubernetesVersion") === version) return;
  const minor = version.split(".").slice(0, 2).join(".");
  const offered = OFFERED_VERSIONS.find((one) => one.version === minor);
  const plan = textAt(inputs, "supportPlan") || OFFICIAL;
  if (offered?.supportPlans.includes(plan) === true) return;
  const name = id.split("/").at(-1) ?? "";
  throw new Refusal(
    "K8sVersionNotSupported",
    `Managed cluster ${name} is on version ${version}, which is ` +
      (offered === undefined
        ? "not supported in this region."
        : "only available for Long-Term Support (LTS). If you intend to onboard to LTS, please ensure the cluster is in " +
          "Premium tier and LTS support plan (see https://aka.ms/aks/enable-lts).") +
      " Use [az aks get-versions] command to get the supported version list in this region.",
    "cluster-version-supported",
  );
}
