import type { Report } from "../azureml/issues";
import type { OnlineDeploymentDefinition } from "../types";
import { digestOf } from "./imageNames";
import type { ProductionSettings } from "./settings";

/**
 * Image of a deployment that is a container with a server of its own (`environment.image` with `inference_config`; Azure ML,
 * "Use a custom container to deploy a model to an online endpoint"): the sandbox runs this very image.
 */
export function containerImage({ environment }: OnlineDeploymentDefinition): string | undefined {
  return environment?.kind === "inline" && environment.inferenceConfig !== undefined
    ? environment.image
    : undefined;
}

/**
 * Reports where production would run another image than the one that soaks. Names of registries do not count: an import
 * keeps the digest (Azure Container Registry, "Import container images").
 */
export function checkSoakedImage(
  { image, canary }: Partial<ProductionSettings>,
  deployment: OnlineDeploymentDefinition,
  report: Report,
): void {
  if (image?.kind === "docker") {
    report.warning(
      ["image", "build"],
      "is docker: this machine builds the image, nothing scans it, and each build is another one; that is for trials. " +
        "Build it once in a pipeline, scan it, and set its digest",
    );
  }
  const soaks = containerImage(deployment);
  if (soaks === undefined) return;
  const digest = digestOf(soaks);
  if (digest === undefined) {
    const message = `names ${soaks} without a digest as what runs in the sandbox, so it is unknown whether production runs the same image; write name@sha256:… there`;
    report.error(["deployment"], message);
  } else if (image?.kind === "digest" && digestOf(image.reference) !== digest) {
    const message = `is {value}, but ${deployment.name} soaks with ${digest} (${deployment.file}, environment.image); production runs that one`;
    report.error(["image", "digest"], message);
  }
  if (canary !== undefined) {
    const message = `is not possible while ${deployment.name} names its image: nothing links the canary's image to its release; change image.digest instead`;
    report.error(["canary"], message);
  }
}
