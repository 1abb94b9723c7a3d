import { markdownTable } from "../markdownTable";
import type { Adoption, AdoptOptions } from "./adopt";
import { reasonFor } from "./comments";

/** What was written and what the first preview will show. */
export function reportText({ live, preview, variables }: Adoption, options: AdoptOptions): string {
  const { out, stack } = options;
  const updates = preview.planned
    .filter(({ op }) => op === "update")
    .flatMap(({ name, paths }) =>
      paths.map((path) => ["update", name, `${path}: ${reasonFor(path)}`]),
    );
  const creations = preview.planned
    .filter(({ op }) => op === "create")
    .map(({ name, type }) => ["create", name, typeName(type)]);
  const secrets = [...variables].flatMap(([deployment, names]) =>
    names.map((name) => `  ${out}/endpoint: ${deployment}, environment_variables.${name}`),
  );
  return [
    `Endpoint ${live.name} with ${live.deployments.length} deployments: written to ${out}.`,
    ...(secrets.length === 0
      ? []
      : [
          "",
          "Values that look like secrets are not written. A preview refuses the files until you put a reference to Key Vault there:",
          ...secrets,
          "The import itself reads the live values into the stack's state in plain text. Replace them in Azure before you import.",
        ]),
    "",
    "Next:",
    `  1. Move ${out}/Pulumi.${stack}.yaml into the project's folder, and complete it.`,
    `  2. pulumi stack init ${stack} --secrets-provider …`,
    `  3. pulumi import --stack ${stack} --file ${out}/import.json --protect=false --generate-code=false`,
    `  4. pulumi preview --stack ${stack}`,
    "",
    "The preview shows no other changes than these:",
    markdownTable(["operation", "resource", "what"], [...updates, ...creations]),
  ].join("\n");
}

/** `azure-native:authorization:RoleAssignment` is a RoleAssignment. */
function typeName(type: string): string {
  return type === SPLIT
    ? "the live traffic and tags, written as they are: a dynamic resource cannot be imported"
    : (type.split(":").at(-1) ?? type);
}

const SPLIT = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";
