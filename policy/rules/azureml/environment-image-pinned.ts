import { BOTH, type ResourceRule } from "../../rule";
import { at, fault, textAt } from "../../inputChecks";

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/**
 * Behind a tag the image changes, and a deployment that is made again runs something else than what was tested. An
 * environment that is built from a context has its content in its version.
 */
export const environmentImagePinned: ResourceRule = {
  id: "environment-image-pinned",
  title: "An environment's image is named by its digest",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ['Azure ML, "Azure Machine Learning environments", reproducibility'],
  },
  sees: "resource",
  types: ["pulumi-nodejs:dynamic/mlscore:EnvironmentVersion"],
  check: ({ inputs }) => {
    if (at(inputs, "properties.build") !== undefined) return [];
    const image = textAt(inputs, "properties.image");
    return image !== undefined && DIGEST.test(image)
      ? []
      : [fault("properties.image", at(inputs, "properties.image"), "name@sha256:…")];
  },
};
