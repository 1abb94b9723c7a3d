import { checkPools, POOL_TYPES } from "../../pools";
import { BOTH, type ResourceRule } from "../../rule";
import { at, fault, items } from "../../inputChecks";

/** A pool in one zone goes with the zone. Advisory: some regions and sizes of machines have fewer. */
export const poolsZones: ResourceRule = {
  id: "pools-zones",
  title: "Every pool spans zones",
  severity: "advisory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.AvailabilityZone"],
  },
  sees: "resource",
  types: POOL_TYPES,
  check: (resource) =>
    checkPools(resource, (pool) =>
      items(at(pool, "availabilityZones")).length >= 2
        ? []
        : [fault("availabilityZones", at(pool, "availabilityZones"), "two zones or more")],
    ),
};
