import { Document, isMap, isScalar, type Pair, type YAMLMap } from "yaml";
import {
  deploymentYaml,
  endpointYaml,
  type BareDeployment,
  type BareEndpoint,
  type YamlMapping,
} from "../config/azureml/definitionYaml";

/** What to tell in a file, above a key: one line. */
export interface Comment {
  /** The key's path; empty for the file's head. A key that is not there is told of at the end of what would have it. */
  readonly at: readonly string[];
  readonly text: string;
}

/**
 * The files of an endpoint's folder: `endpoint.yml`, and a file for each deployment, named after it.
 *
 * @param comments by deployment; by `""` those of the endpoint's own file
 */
export function endpointFileTexts(
  endpoint: BareEndpoint,
  deployments: readonly BareDeployment[],
  comments: ReadonlyMap<string, readonly Comment[]> = new Map(),
): Record<string, string> {
  return Object.fromEntries([
    ["endpoint.yml", yamlText(endpointYaml(endpoint), comments.get("") ?? [])],
    ...deployments.map((one) => [
      deploymentFile(one.name),
      yamlText(deploymentYaml(endpoint.name, one), comments.get(one.name) ?? []),
    ]),
  ]) as Record<string, string>;
}

/** A deployment may be called `endpoint`, as the other file is. */
export function deploymentFile(name: string): string {
  return name.toLowerCase() === "endpoint" ? `${name}-deployment.yml` : `${name}.yml`;
}

/** In the version of YAML that the Azure CLI reads, 1.1: a text such as `yes` is put in quotes. */
export function yamlText(value: YamlMapping, comments: readonly Comment[]): string {
  const document = new Document(value, { version: "1.1", aliasDuplicateObjects: false });
  for (const { at, text } of comments) {
    if (at.length > 0) addComment(document.contents, at, ` ${text}`);
  }
  const head = comments.filter(({ at }) => at.length === 0).map(({ text }) => `# ${text}\n`);
  return `${head.join("")}${document.toString({ lineWidth: 0 })}`;
}

function addComment(node: unknown, [key = "", ...rest]: readonly string[], text: string): void {
  if (!isMap(node)) return;
  const pair = pairOf(node, key);
  if (pair === undefined) {
    node.comment = node.comment == null ? text : `${node.comment}\n${text}`;
  } else if (rest.length > 0 && isMap(pair.value)) {
    addComment(pair.value, rest, text);
  } else if (isScalar(pair.key)) {
    const before = pair.key.commentBefore;
    pair.key.commentBefore = before == null ? text : `${before}\n${text}`;
  }
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}
