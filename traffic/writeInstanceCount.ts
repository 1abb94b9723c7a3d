import type { Arm } from "./arm";
import { isConflict, retryWhileBusy, type WriteOptions } from "./retryWhileBusy";
import { endpointId, type EndpointPlace } from "./liveEndpoint";

/**
 * Sets how many instances a deployment has. PATCH of a deployment takes its SKU and tags (Azure REST reference, Online
 * Deployments – Update), so nothing else of it is written.
 *
 * @throws ArmError when Azure refuses
 */
export function writeInstanceCount(
  arm: Arm,
  place: EndpointPlace,
  deployment: string,
  instanceCount: number,
  options?: WriteOptions,
): Promise<void> {
  const id = `${endpointId(place)}/deployments/${deployment}`;
  return retryWhileBusy(
    () => arm.patch(id, { sku: { capacity: instanceCount } }),
    isConflict,
    options,
  );
}
