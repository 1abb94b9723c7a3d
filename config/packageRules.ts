import type { NetworkLevel } from "./networkLevel";
import type { OutboundRule } from "./networkTypes";
import type { OnlineDeploymentDefinition } from "./types";

/**
 * Hosts that an image build installs packages from (Azure ML, "Workspace managed virtual network isolation", scenario "Access
 * public machine learning packages"; the files of pypi.org are on pythonhosted.org).
 */
const HOSTS: Readonly<Record<string, string>> = {
  "packages-anaconda": "anaconda.com",
  "packages-anaconda-hosts": "*.anaconda.com",
  "packages-conda-channels": "*.anaconda.org",
  "packages-pypi": "pypi.org",
  "packages-pypi-files": "*.pythonhosted.org",
};

/**
 * Outbound rules of a managed network that only lets through what is approved: those of the settings, and those that the build
 * of a conda environment needs. Azure adds by itself the private endpoints of workspace, storage account, vault and registry
 * and the service tags that Azure ML needs (ibid., list of required rules), and refuses a second rule to the same place
 * (Azure/azureml-examples pull request 2990).
 */
export function outboundRulesOf(
  level: NetworkLevel,
  hasBuildCompute: boolean,
  rules: Readonly<Record<string, OutboundRule>>,
  deployments: readonly OnlineDeploymentDefinition[],
): Readonly<Record<string, OutboundRule>> {
  const buildsConda = deployments.some(
    ({ environment }) => environment?.kind === "inline" && environment.condaFile !== undefined,
  );
  if (level !== "privateBothWays" || !hasBuildCompute || !buildsConda) return rules;
  const taken = Object.values(rules).map((rule) => rule.type === "FQDN" && rule.destination);
  const missing = Object.entries(HOSTS)
    .filter(([, destination]) => !taken.includes(destination))
    .map(([name, destination]) => [name, { type: "FQDN", destination }] as const);
  return { ...Object.fromEntries(missing), ...rules };
}
