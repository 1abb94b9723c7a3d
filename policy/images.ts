import { comesFromSome, ofType, violations } from "./relations";
import type { PolicyResource, Violation } from "./rule";
import { fault, UNKNOWN } from "./inputChecks";
import { checkContainers, WORKLOADS } from "./workloads";

/** What builds an image in this project, and then knows its digest. */
const BUILDS = ["azure-native:containerregistry:TaskRun", "docker:index/image:Image"];

/**
 * Violations of containers whose image is not as it must be. In the preview of a build the image is unknown; that is
 * right only where it comes from a build of this stack, which gives `name@sha256:…` in the stack's registry.
 */
export function checkImages(
  resources: readonly PolicyResource[],
  isRight: (image: string) => boolean,
  wanted: string,
): Violation[] {
  const builds = ofType(resources, ...BUILDS);
  return ofType(resources, ...WORKLOADS).flatMap((workload) => {
    const isBuiltHere = comesFromSome(workload, "spec", builds);
    return violations(
      workload,
      checkContainers(workload, ({ image }) => {
        const right = image === UNKNOWN ? isBuiltHere : typeof image === "string" && isRight(image);
        return right ? [] : [fault("image", image, wanted)];
      }),
    );
  });
}
