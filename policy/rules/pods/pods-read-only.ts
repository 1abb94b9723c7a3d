import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";
import { WORKLOADS, checkContainers } from "../../workloads";

/** What gets into a server cannot stay there, nor replace the model. What has to be written goes to a volume. */
export const podsReadOnly: ResourceRule = {
  id: "pods-read-only",
  title: "No container can change its own files",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["df49d893-a74c-421d-bc95-c663042e5b80"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkContainers(resource, (container) =>
      mustBe(container, "securityContext.readOnlyRootFilesystem", true),
    ),
};
