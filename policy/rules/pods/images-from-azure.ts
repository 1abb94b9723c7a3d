import { checkImages } from "../../images";
import { BOTH, type StackRule } from "../../rule";

/**
 * Nodes pull with an identity from a registry of Azure's, through the private network. Any other registry needs a
 * secret or is open to everybody, and can be gone tomorrow.
 */
export const imagesFromAzure: StackRule = {
  id: "images-from-azure",
  title: "Pods run images of an Azure Container Registry",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["5.1.4"],
    azurePolicy: ["febd0533-8e55-448f-b837-bd0e06f16469"],
  },
  sees: "stack",
  check: (resources) =>
    checkImages(
      resources,
      (image) => /^[a-z0-9]+\.azurecr\.io\//.test(image),
      "an image in <registry>.azurecr.io",
    ),
};
