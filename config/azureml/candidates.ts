import path from "node:path";
import type { Problem } from "../../errors";
import type { YamlFile } from "./yamlTree";

/** A deployment file, with the name it declares when it declares one. */
export interface DeploymentCandidate {
  readonly yaml: YamlFile;
  readonly name: string | undefined;
}

/**
 * Which deployment files count when several declare the same name. Sample folders keep variants side by side
 * (`blue-deployment.yml`, `blue-deployment-with-registered-assets.yml`): the file named after the deployment is the
 * deployment, the others are left out with a warning. Azure's names do not tell upper from lower case.
 */
export function chooseDeployments(candidates: readonly DeploymentCandidate[]): {
  readonly chosen: readonly DeploymentCandidate[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const chosen: DeploymentCandidate[] = [];
  const groups = new Map<string, DeploymentCandidate[]>();
  for (const candidate of candidates) {
    const key = candidate.name?.toLowerCase() ?? candidate.yaml.file;
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  }
  for (const group of groups.values()) {
    const [first, ...others] = group;
    if (first === undefined || others.length === 0) {
      chosen.push(...group);
      continue;
    }
    const named = group.filter(({ yaml, name = "" }) => isNamedAfter(yaml.file, name));
    const [only, ...more] = named;
    if (only !== undefined && more.length === 0) {
      chosen.push(only);
      const left = group.filter((candidate) => candidate !== only);
      problems.push(...left.map((candidate) => leftOut(candidate, only)));
    } else {
      problems.push(...group.map((candidate) => undecided(candidate, group)));
    }
  }
  return { chosen, problems };
}

function isNamedAfter(file: string, name: string): boolean {
  const stem = path
    .basename(file)
    .replace(/\.ya?ml$/i, "")
    .toLowerCase();
  return stem === name.toLowerCase() || stem === `${name.toLowerCase()}-deployment`;
}

function leftOut({ yaml, name = "" }: DeploymentCandidate, chosen: DeploymentCandidate): Problem {
  const message = `is left out: "${name}" is also declared in ${path.basename(chosen.yaml.file)}, which is named after it`;
  return {
    file: yaml.file,
    line: yaml.lineOf(["name"]),
    message,
    severity: "warning",
  };
}

function undecided(
  { yaml, name = "" }: DeploymentCandidate,
  group: readonly DeploymentCandidate[],
): Problem {
  const files = group.map((candidate) => path.basename(candidate.yaml.file)).join(", ");
  const message = `is "${name}", which several files declare (${files}); name one of them ${name}-deployment.yml, or give each its own name`;
  return { file: yaml.file, line: yaml.lineOf(["name"]), key: "name", message, severity: "error" };
}
