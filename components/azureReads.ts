import * as authorization from "@pulumi/azure-native/authorization";
import { z } from "zod";
import type { Arm } from "../traffic/arm";

/** A Kubernetes minor version that AKS offers in a region. */
export interface OfferedVersion {
  /** Such as `1.37`. */
  readonly version: string;
  readonly isPreview: boolean;
  /** `KubernetesOfficial`: every cluster; `AKSLongTermSupport`: clusters of the Premium tier that ask for it. */
  readonly supportPlans: readonly string[];
}

/** What the program asks of Azure before it declares anything, and azure-native has no function for. */
export interface AzureReads {
  /**
   * Needs `Microsoft.ContainerService/locations/kubernetesVersions/read` on the subscription.
   *
   * @throws ArmError
   */
  kubernetesVersions(subscriptionId: string, location: string): Promise<readonly OfferedVersion[]>;
}

/** The one API version that clusters are declared with (azure-native 3.28). */
const CONTAINER_SERVICE_VERSION = "2025-09-01";

/** One of KubernetesVersionListResult (azure-rest-api-specs, Microsoft.ContainerService, 2025-09-01). */
const listedVersion = z.object({
  version: z.string(),
  isPreview: z.boolean().nullish(),
  capabilities: z.object({ supportPlan: z.array(z.string()).nullish() }).nullish(),
});

const versionList = z.object({ values: z.array(z.unknown()).nullish() });

/** Where a region's versions are asked for. */
export function versionsQuestion(subscriptionId: string, location: string) {
  return {
    path: `/subscriptions/${subscriptionId}/providers/Microsoft.ContainerService/locations/${location}/kubernetesVersions`,
    apiVersion: CONTAINER_SERVICE_VERSION,
    action: "Microsoft.ContainerService/locations/kubernetesVersions/read",
  };
}

/** Versions in an answer; what has no version is skipped. */
export function offeredVersions(body: unknown): readonly OfferedVersion[] {
  const list = versionList.safeParse(body).data?.values ?? [];
  return list.flatMap((one): OfferedVersion[] => {
    const { data } = listedVersion.safeParse(one);
    if (data === undefined) return [];
    const supportPlans = data.capabilities?.supportPlan ?? [];
    return [{ version: data.version, isPreview: data.isPreview === true, supportPlans }];
  });
}

/** @param connection to Azure Resource Manager; asked only when something is read */
export function readsOf(connection: () => Promise<Pick<Arm, "get">>): AzureReads {
  return {
    async kubernetesVersions(subscriptionId, location) {
      const arm = await connection();
      const { path, apiVersion } = versionsQuestion(subscriptionId, location);
      const found = await arm.get(path, { "api-version": apiVersion });
      return offeredVersions(found?.body);
    },
  };
}

/** Azure, asked as the identity that azure-native itself uses: the token is azure-native's own. */
export const azureReads = readsOf(async () => {
  const { connect } = await import("../traffic/arm");
  const { token } = await authorization.getClientToken();
  // Used at once: azure-native renews its tokens by itself and does not tell until when this one is good.
  const credential = {
    getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 600_000 }),
  };
  return connect({ url: "https://management.azure.com", credential });
});
