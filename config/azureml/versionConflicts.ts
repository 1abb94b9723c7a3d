import path from "node:path";
import type { Problem } from "../../errors";
import type { OnlineDeploymentDefinition } from "../types";
import { problemAt } from "./problemAt";

interface Version {
  readonly key: "model" | "environment";
  readonly name: string;
  readonly version: string;
  readonly contentHash: string;
}

/**
 * Versions that two deployments write with different content. A version of an asset is registered once, so one of the
 * two deployments would silently run the other one's model or environment.
 */
export function versionConflicts(deployments: readonly OnlineDeploymentDefinition[]): Problem[] {
  const first = new Map<string, { readonly version: Version; readonly file: string }>();
  const problems: Problem[] = [];
  for (const deployment of deployments) {
    for (const version of versionsOf(deployment)) {
      const id = [version.key, version.name, version.version].join("/");
      const other = first.get(id);
      if (other === undefined) {
        first.set(id, { version, file: deployment.file });
      } else if (other.version.contentHash !== version.contentHash) {
        const message =
          `is "${version.version}" of "${version.name}" with other content than in ` +
          `${path.basename(other.file)}; give it another version or name, or leave the version out`;
        problems.push(problemAt(deployment.file, [version.key, "version"], message));
      }
    }
  }
  return problems;
}

function versionsOf({ model, environment }: OnlineDeploymentDefinition): Version[] {
  return [
    ...(model?.kind === "local" ? [{ key: "model" as const, ...model }] : []),
    ...(environment?.kind === "inline" ? [{ key: "environment" as const, ...environment }] : []),
  ];
}
