import { checkImages } from "../../images";
import { BOTH, type StackRule } from "../../rule";

/**
 * Behind a tag the image can change between two pods of one rollout, and a restart brings something that nobody tested.
 * A digest is the content itself.
 */
export const imagesByDigest: StackRule = {
  id: "images-by-digest",
  title: "Pods run images by their digest",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["021f8078-41a0-40e6-81b6-c6597da9f3ee"],
    other: ["Kubernetes, Images, image names"],
  },
  sees: "stack",
  check: (resources) =>
    checkImages(resources, (image) => /@sha256:[0-9a-f]{64}$/.test(image), "name@sha256:…"),
};
