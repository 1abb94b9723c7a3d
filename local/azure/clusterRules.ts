import { assertOfferedVersion } from "./kubernetesVersions";
import type { TypeRules } from "./rules";

/** Rules of AKS beyond names and parents. */
export const clusterRules: Readonly<Record<string, TypeRules>> = {
  "azure-native:containerservice:ManagedCluster": { put: assertOfferedVersion },
};
