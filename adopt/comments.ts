import type { BareDeployment, BareEndpoint } from "../config/azureml/definitionYaml";
import { VARIABLES_OF_AZURE } from "../components/deploymentDefinition";
import type { FirstPreview, Planned } from "./firstPreview";
import type { Live } from "./live";
import type { Masked } from "./secrets";
import type { Comment } from "./yamlText";

/** What the files cannot say, in comments; by deployment, and by `""` of the endpoint's file. */
export function commentsOf(
  { workspace, name, deployments: live }: Live,
  definitions: {
    readonly endpoint: Masked<BareEndpoint>;
    readonly deployments: readonly Masked<BareDeployment>[];
  },
  preview: FirstPreview,
): ReadonlyMap<string, readonly Comment[]> {
  const place = `--workspace-name ${workspace.name} --resource-group ${workspace.resourceGroup}`;
  const head = (text: string): Comment => ({ at: [], text });
  const ofEndpoint = [
    head(`Read from the live endpoint ${name} in the workspace ${workspace.name}.`),
    head(
      `Keys are not read, and stay as they are: az ml online-endpoint get-credentials --name ${name} ${place}`,
    ),
    ...definitions.endpoint.comments,
    ...differences(preview, ({ type }) => type.endsWith(":OnlineEndpoint")),
  ];
  const ofDeployments = definitions.deployments.map(({ output, comments }) => {
    const state = live.find((one) => one.name === output.name)?.properties.provisioningState;
    const code: Comment[] =
      output.codeConfiguration === undefined
        ? []
        : [
            {
              at: ["code_configuration", "code"],
              text: "A registered version; its files are not here. To change the code, name a folder with it instead.",
            },
          ];
    const stateComments =
      state === undefined || state === "Succeeded" ? [] : [head(`Its state was ${state}.`)];
    return [
      output.name,
      [
        ...stateComments,
        ...comments,
        ...code,
        ...differences(preview, (one) => one.name.endsWith(`-${output.name}`)),
      ],
    ] as const;
  });
  return new Map([["", ofEndpoint], ...ofDeployments]);
}

function differences({ planned }: FirstPreview, isMeant: (one: Planned) => boolean): Comment[] {
  return planned
    .filter((one) => one.op === "update" && isMeant(one))
    .flatMap(({ paths }) =>
      paths.map((path) => ({
        at: [],
        text: `The first update changes ${path}: ${reasonFor(path)}.`,
      })),
    );
}

/** Why the live value of a property is not declared. */
export function reasonFor(path: string): string {
  const variable = /^properties\.environmentVariables\.(.+)$/.exec(path)?.[1] ?? "";
  if (VARIABLES_OF_AZURE.includes(variable)) {
    return "Azure sets it to the place of this version's files, and does so again";
  }
  const isPersonal = /^(?:tags|properties\.(?:properties|description))\b/.test(path);
  return isPersonal ? "it is left out, see above" : "the YAML cannot say what is live";
}
