import type { Problem } from "../errors";
import { readYamlFile } from "./azureml/yamlFile";
import type { NetworkLevel } from "./networkLevel";
import type { OutboundRule } from "./networkTypes";
import { registryHost } from "./names";
import { hostOf } from "./production/imageNames";
import type { OnlineEndpointDefinition } from "./types";

/** Registries that a managed network always reaches: Microsoft's, by a service tag that it needs itself (list of required rules). */
const ALWAYS = "mcr.microsoft.com";

/**
 * Images, and bases of images that are built, that nothing in the managed network could pull at the level privateBothWays.
 *
 * @param ownRegistry name of the workspace's registry; undefined for an existing workspace, whose registry is not known here
 */
export function imageReachProblems(
  level: NetworkLevel,
  ownRegistry: string | undefined,
  outboundRules: Readonly<Record<string, OutboundRule>>,
  { deployments }: OnlineEndpointDefinition,
): Problem[] {
  if (level !== "privateBothWays") return [];
  const rules = Object.values(outboundRules);
  return deployments.flatMap(({ file, environment }): Problem[] => {
    const image = environment?.kind === "inline" ? environment.image : undefined;
    if (image === undefined) return [];
    const host = hostOf(image) ?? "docker.io";
    const isOwn =
      ownRegistry === undefined ? host.endsWith(".azurecr.io") : host === registryHost(ownRegistry);
    if (host === ALWAYS || isOwn || rules.some((rule) => reaches(rule, host))) return [];
    const line = readYamlFile(file).yaml?.lineOf(["environment", "image"]);
    const message =
      `is in the registry ${host}, which nothing reaches at level privateBothWays; import it (az acr import) into the workspace's ` +
      "registry, or approve the registry in mlscore:outboundRules";
    const place = { file, key: "environment.image", ...(line === undefined ? {} : { line }) };
    return [{ ...place, message, severity: "error" }];
  });
}

/** A private endpoint to a registry may be that one's; its host is not part of the rule. */
function reaches(rule: OutboundRule, host: string): boolean {
  if (rule.type === "PrivateEndpoint") return rule.subresourceTarget === "registry";
  if (rule.type === "ServiceTag") return false;
  const { destination } = rule;
  return destination.startsWith("*.") ? host.endsWith(destination.slice(1)) : destination === host;
}
