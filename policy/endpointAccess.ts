import { mustBe } from "./inputChecks";
import { SERVICE_SWITCHES } from "./publicAccess";
import { names, ofType, violations } from "./relations";
import type { PolicyResource, Violation } from "./rule";

const ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint";
const SWITCH = SERVICE_SWITCHES[ENDPOINT] ?? "";

/**
 * Endpoints that take requests from the internet. If the stack ignores changes of the endpoint's own setting, that setting
 * applies only at creation: the traffic split then writes it, so the split is checked instead.
 */
export function endpointAccess(resources: readonly PolicyResource[]): Violation[] {
  return ofType(resources, ENDPOINT).flatMap((endpoint) => {
    const splits = ofType(resources, "pulumi-nodejs:dynamic/mlscore:TrafficSplit").filter((split) =>
      names(split, "endpointName", endpoint, endpoint.inputs["endpointName"]),
    );
    const isSetByEndpoint = !endpoint.ignoreChanges.includes(SWITCH) || splits.length === 0;
    return [
      ...(isSetByEndpoint ? violations(endpoint, mustBe(endpoint.inputs, SWITCH, "Disabled")) : []),
      ...splits
        .filter(() => !isSetByEndpoint)
        .flatMap((split) =>
          violations(split, mustBe(split.inputs, "settings.publicNetworkAccess", "Disabled")),
        ),
    ];
  });
}
