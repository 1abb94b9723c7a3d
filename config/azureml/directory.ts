import path from "node:path";
import type { Problem } from "../../errors";
import type { OnlineDeploymentDefinition, OnlineEndpointDefinition } from "../types";
import { assetReader } from "./assetReader";
import { chooseDeployments, type DeploymentCandidate } from "./candidates";
import { type DeploymentContext, deploymentFrom } from "./deployment";
import { endpointFrom, type EndpointFile } from "./endpoint";
import { filesByKind, type FolderFiles } from "./folderFiles";
import { type Report, reportOn } from "./issues";
import { SCHEMA_NAMES } from "./kind";
import { withLocalNames } from "./localNames";
import { endpointNameProblem } from "./names";
import { declaredSplit } from "./trafficKeys";
import { versionConflicts } from "./versionConflicts";
import type { YamlFile } from "./yamlTree";

/** Most deployments of one endpoint, unless Azure has raised the limit (Microsoft Learn "Manage and increase quotas"). */
const MAX_DEPLOYMENTS = 20;

/**
 * Reads the endpoint in a folder of Azure ML CLI v2 YAML: one endpoint file and its deployment files, all lying directly
 * in it. Reports everything that is wrong with all of them; the definition is there only when nothing is.
 */
export async function readEndpointDirectory(
  directory: string,
  {
    isLocalRun = false,
    assets = assetReader(),
  }: Pick<DeploymentContext, "isLocalRun" | "assets"> = {},
): Promise<{
  readonly definition?: OnlineEndpointDefinition;
  readonly problems: readonly Problem[];
}> {
  const problems: Problem[] = [];
  const read = await filesByKind(directory, problems);
  if (read === undefined) return { problems };
  const { files, problems: ofNames } = isLocalRun
    ? withLocalNames(read, directory)
    : { files: read, problems: [] };
  problems.push(...ofNames);
  const add = (message: string) => problems.push({ file: directory, severity: "error", message });

  const { chosen, problems: choiceProblems } = chooseDeployments(files.deployments);
  problems.push(...choiceProblems);
  const endpoint = onlyEndpoint(files, add);
  const context =
    endpoint && !endpoint.report.hasError(["name"]) ? { endpointName: endpoint.value.name } : {};
  const deployments: OnlineDeploymentDefinition[] = [];
  for (const { yaml } of chosen) {
    const report = reportOn(yaml);
    const given = { ...context, isInFolder: true, isLocalRun, assets };
    const deployment = await deploymentFrom(yaml, given, report);
    if (deployment !== undefined) deployments.push(deployment);
    problems.push(...report.problems);
  }
  if (chosen.length > MAX_DEPLOYMENTS) {
    add(`has ${chosen.length} deployments; an endpoint can have ${MAX_DEPLOYMENTS}`);
  }
  problems.push(...versionConflicts(deployments));
  if (endpoint === undefined) return { problems };

  if (files.deployments.length === 0 && !files.isIncomplete) {
    add(
      `has an endpoint but no deployment; add a deployment file, its $schema ending in ${SCHEMA_NAMES.deployment}`,
    );
  }
  const names = files.deployments.map(({ name }) => name).filter((name) => name !== undefined);
  // Where a deployment's name could not be read, "not declared" would be a wrong reason.
  const isKnown =
    names.length > 0 && names.length === files.deployments.length && !files.isIncomplete;
  const split = checkedSplit(endpoint, [...new Set(names)].sort(), isKnown);
  problems.push(...endpoint.report.problems);
  if (problems.some((problem) => problem.severity === "error")) return { problems };
  const inOrder = deployments.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { definition: { ...endpoint.value, ...split, deployments: inOrder }, problems };
}

interface ReadEndpoint {
  readonly value: EndpointFile;
  readonly report: Report;
}

function onlyEndpoint(
  files: FolderFiles,
  add: (message: string) => void,
): ReadEndpoint | undefined {
  const [yaml, ...others] = files.endpoints;
  if (others.length > 0) {
    const list = files.endpoints.map(({ file }) => path.basename(file)).join(", ");
    add(`has ${files.endpoints.length} endpoint files (${list}); keep one per folder`);
    return undefined;
  }
  if (yaml === undefined) {
    if (!files.isIncomplete) add(noEndpointMessage(files.deployments));
    return undefined;
  }
  const report = reportOn(yaml);
  return { value: endpointFrom(yaml, report), report };
}

function noEndpointMessage(deployments: readonly DeploymentCandidate[]): string {
  if (deployments.length === 0) return "has no YAML of an Azure ML online endpoint in it";
  const wanted = deployments.map(({ yaml }) => endpointNameIn(yaml));
  const [name] = wanted;
  const isUsable = name !== undefined && endpointNameProblem(name) === undefined;
  const isAgreed = isUsable && wanted.every((other) => other === name);
  const line = isAgreed ? `the line "name: ${name}"` : `the endpoint's name`;
  return `has deployments but no endpoint file; add endpoint.yml with ${line} and a $schema that ends in ${SCHEMA_NAMES.endpoint}`;
}

function endpointNameIn({ value }: YamlFile): string | undefined {
  const name = (value as Record<string, unknown>)["endpoint_name"];
  return typeof name === "string" ? name : undefined;
}

function checkedSplit({ value, report }: ReadEndpoint, names: readonly string[], isKnown: boolean) {
  const { split, problems } = declaredSplit(names, value);
  for (const { key, deployment, message, severity } of problems) {
    if (deployment !== undefined && !names.includes(deployment) && !isKnown) continue;
    // A malformed key has been reported by the schema; what follows from it is not a problem of its own.
    if (deployment === undefined && report.hasError([key])) continue;
    const at = deployment === undefined ? [key] : [key, deployment];
    if (severity === "error") report.error(at, message);
    else report.warning(at, message);
  }
  return split;
}
