import { comesFromSome, ofType, violations } from "../../relations";
import { BOTH, type PolicyResource, type StackRule } from "../../rule";
import { at, fault, UNKNOWN } from "../../inputChecks";

/** A version of an asset: of this workspace, of another one, or of a registry. */
const VERSION = /\/versions\/(?!latest$)[^/@]+$/i;

const ASSETS = [
  "pulumi-nodejs:dynamic/mlscore:CodeVersion",
  "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion",
  "pulumi-nodejs:dynamic/mlscore:ModelVersion",
];

/**
 * A label such as `@latest` is somebody's decision of tomorrow. Ids that are unknown before the run must come from
 * versions that this stack registers, whose names are hashes of their content.
 */
export const deploymentPinnedAssets: StackRule = {
  id: "deployment-pinned-assets",
  title: "A deployment names versions of its model, code and environment",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ["Azure ML, managed online deployment YAML schema, model and environment"],
  },
  sees: "stack",
  check: (resources) => {
    const assets = ofType(resources, ...ASSETS);
    return ofType(resources, "azure-native:machinelearningservices:OnlineDeployment").flatMap(
      (deployment) =>
        violations(
          deployment,
          pathsOf(deployment)
            .map((path) => ({ path, value: at(deployment.inputs, path) }))
            .filter(({ path, value }) =>
              value === UNKNOWN
                ? !comesFromSome(deployment, path, assets)
                : typeof value !== "string" || !VERSION.test(value),
            )
            .map(({ path, value }) => fault(path, value, "…/versions/<version>")),
        ),
    );
  },
};

/** An image of one's own may hold model and code; what it is run in is always named. */
function pathsOf({ inputs }: PolicyResource): string[] {
  const optional = ["properties.model", "properties.codeConfiguration.codeId"];
  const given = optional.filter((path) => at(inputs, path) !== undefined);
  const hasCode = at(inputs, "properties.codeConfiguration") !== undefined;
  return [
    ...new Set([
      "properties.environmentId",
      ...given,
      ...(hasCode ? ["properties.codeConfiguration.codeId"] : []),
    ]),
  ];
}
