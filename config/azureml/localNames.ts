import path from "node:path";
import type { Problem } from "../../errors";
import type { DeploymentCandidate } from "./candidates";
import type { FolderFiles } from "./folderFiles";
import { reportOn } from "./issues";
import { endpointNameProblem } from "./names";
import { placeholderIn } from "./placeholders";
import type { YamlFile } from "./yamlTree";

/** Of an endpoint that nothing names. */
const LOCAL_NAME = "local-endpoint";

/**
 * The files of a folder with one name for the endpoint and a name for each deployment, as nothing is deployed from them.
 *
 * The Azure CLI takes these names from its command line: `az ml online-endpoint create --name`, with or without a file, and
 * `az ml online-deployment create --name --endpoint-name` (Microsoft Learn, how-to-deploy-online-endpoints, whose samples are
 * deployed so). So files that work in Azure may lack them, have a placeholder for them, or disagree.
 */
export function withLocalNames(
  files: FolderFiles,
  directory: string,
): { readonly files: FolderFiles; readonly problems: readonly Problem[] } {
  const { endpoints, deployments, isIncomplete } = files;
  const [own, ...others] = endpoints;
  if (others.length > 0 || deployments.length === 0) return { files, problems: [] };
  if (own === undefined && isIncomplete) return { files, problems: [] };
  const ownName = own === undefined ? undefined : usableName(own, "name");
  const wanted = deployments.map(({ yaml }) => usableName(yaml, "endpoint_name"));
  const name = ownName ?? wanted.find((one) => one !== undefined) ?? LOCAL_NAME;
  const problems: Problem[] = [];
  return {
    files: {
      endpoints: [namedEndpoint(own, name, directory, problems)],
      deployments: deployments.map((one) =>
        namedDeployment({ ...one, yaml: owned(one.yaml, name, problems) }, problems),
      ),
      isIncomplete,
    },
    problems,
  };
}

function namedEndpoint(
  own: YamlFile | undefined,
  name: string,
  directory: string,
  problems: Problem[],
): YamlFile {
  if (own === undefined) {
    const message = `has no endpoint file; on this machine the endpoint is ${name}, with auth_mode: key`;
    problems.push({ file: directory, message, severity: "warning" });
    const value = { name, auth_mode: "key" };
    const places = { lineOf: () => 1, sourceOf: () => undefined };
    return { file: directory, path: directory, value, texts: [], ...places };
  }
  if (!isLeftOpen(own, "name")) return own;
  warn(own, "name", `is {value}; on this machine the endpoint is ${name}`, problems);
  return withText(own, "name", name);
}

/** By its file, where the file leaves the name open: `mlflow-deployment.yml` has the deployment `mlflow`. */
function namedDeployment(one: DeploymentCandidate, problems: Problem[]): DeploymentCandidate {
  if (!isLeftOpen(one.yaml, "name")) return one;
  const stem = path.parse(one.yaml.file).name.replace(/[-_.]?deployment$/i, "");
  const words = stem.replaceAll(/[^a-zA-Z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  const name = endpointNameProblem(words) === undefined ? words : "deployment";
  warn(one.yaml, "name", `is {value}; on this machine the deployment is ${name}`, problems);
  return { name, yaml: withText(one.yaml, "name", name) };
}

function owned(yaml: YamlFile, name: string, problems: Problem[]): YamlFile {
  const key = "endpoint_name";
  const isOpen = isLeftOpen(yaml, key);
  if (!isOpen && usableName(yaml, key) === name) return yaml;
  // What is wrong in itself is told with everything else that is.
  if (!isOpen && usableName(yaml, key) === undefined) return yaml;
  if (textAt(yaml, key) !== undefined) {
    warn(yaml, key, `is {value}; on this machine the deployment belongs to ${name}`, problems);
  }
  return withText(yaml, key, name);
}

function warn(yaml: YamlFile, key: string, message: string, problems: Problem[]): void {
  const report = reportOn(yaml);
  report.warning([key], message);
  problems.push(...report.problems);
}

/** Whether a name is missing or still to be filled in. */
function isLeftOpen(yaml: YamlFile, key: string): boolean {
  const text = textAt(yaml, key);
  return text === undefined
    ? !Object.hasOwn(valueOf(yaml), key)
    : placeholderIn(text) !== undefined;
}

function usableName(yaml: YamlFile, key: string): string | undefined {
  const text = textAt(yaml, key);
  if (text === undefined || isLeftOpen(yaml, key)) return undefined;
  return endpointNameProblem(text) === undefined ? text : undefined;
}

function textAt(yaml: YamlFile, key: string): string | undefined {
  const value = valueOf(yaml)[key];
  return typeof value === "string" ? value : undefined;
}

function valueOf({ value }: YamlFile): Readonly<Record<string, unknown>> {
  return value as Readonly<Record<string, unknown>>;
}

function withText(yaml: YamlFile, key: string, text: string): YamlFile {
  return {
    ...yaml,
    value: { ...valueOf(yaml), [key]: text },
    texts: yaml.texts.filter((one) => one.key.length !== 1 || one.key[0] !== key),
  };
}
