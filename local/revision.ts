import { createHash } from "node:crypto";
import type { DeploymentSpec } from "./endpoint";

/** The revision of a deployment: of everything that its processes depend on. */
export function revisionOf(
  spec: Omit<DeploymentSpec, "name" | "revision" | "instanceCount" | "autoscale"> &
    Partial<DeploymentSpec>,
): string {
  const {
    name: _name,
    revision: _old,
    instanceCount: _count,
    autoscale: _scale,
    ...running
  } = spec;
  return createHash("sha256").update(JSON.stringify(running)).digest("hex").slice(0, 16);
}
