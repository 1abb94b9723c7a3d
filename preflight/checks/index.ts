import type { Check } from "../finding";
import { defenderPlan } from "./defenderPlan";
import { dnsZones } from "./dnsZones";
import { endpointName } from "./endpointName";
import { subscriptionFeatures } from "./features";
import { globalNames } from "./globalNames";
import { instanceQuota } from "./instanceQuota";
import { instanceSizes } from "./instanceSizes";
import { kubernetesVersion } from "./kubernetesVersion";
import { network } from "./network";
import { nodeQuota } from "./nodeQuota";
import { nodeSizes } from "./nodeSizes";
import { permissions } from "./permissions";
import { providers } from "./providers";
import { resourceGroup } from "./resourceGroup";
import { validation } from "./validation";
import { workspace } from "./workspace";

/** All checks but that of the subscription, which comes before them; in the order of a report. */
export function checks(now: Date): readonly Check[] {
  return [
    resourceGroup,
    workspace,
    permissions,
    providers,
    subscriptionFeatures,
    defenderPlan,
    ...globalNames,
    endpointName,
    nodeSizes,
    nodeQuota,
    instanceSizes,
    instanceQuota,
    kubernetesVersion(now),
    ...network,
    dnsZones,
    validation,
  ];
}
