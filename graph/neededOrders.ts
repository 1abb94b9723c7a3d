/** Why a resource has to be created after another one that none of its inputs is made of. */
import type { DeclaredResource } from "./program";
import type { Wait } from "./schedule";

interface NeededOrder {
  /** Type names, without provider and version. */
  readonly resource: string;
  readonly after: string;
  readonly reason: string;
}

const NEEDED: readonly NeededOrder[] = [
  {
    resource: "OnlineDeployment",
    after: "OnlineDeployment",
    reason:
      "Azure refuses a second write under one endpoint (Azure/azure-sdk-for-net issue 36961, Azure/azure-cli issue 17075)",
  },
  {
    resource: "ManagedNetworkSettingsRule",
    after: "ManagedNetworkSettingsRule",
    reason: "each rewrites the same managed network",
  },
  {
    resource: "OnlineEndpoint",
    after: "RoleAssignment",
    reason:
      "a role takes up to ten minutes to act (Azure RBAC, Troubleshooting); the endpoint's creation gives a deployment, which fails without it, some of them",
  },
  {
    resource: "GatewayApi",
    after: "AgentPool",
    reason: "AKS refuses a second operation on a cluster (AKS, OperationNotAllowed)",
  },
  {
    resource: "ManagedCluster",
    after: "VirtualNetworkLink",
    reason: "nodes find the API server by the zone, which has to be linked to their network",
  },
  {
    resource: "ManagedCluster",
    after: "RoleAssignment",
    reason:
      "AKS writes to the zone and the subnets by these roles (AKS, Create a private AKS cluster)",
  },
  { resource: "Gateway", after: "GatewayApi", reason: "its kind is not there before" },
  { resource: "HTTPRoute", after: "Gateway", reason: "it names the gateway" },
  { resource: "HTTPRoute", after: "Service", reason: "requests go only where pods are ready" },
  { resource: "HTTPRoute", after: "Deployment", reason: "requests go only where pods are ready" },
  { resource: "Service", after: "Deployment", reason: "Pulumi takes it for made when it has pods" },
  ...["CodeVersion", "ModelVersion", "EnvironmentVersion"].map((resource) => ({
    resource,
    after: "AssetUpload",
    reason: "it names the files by their path alone",
  })),
  { resource: "AssetUpload", after: "RoleAssignment", reason: "the deployer writes by that role" },
  { resource: "Image", after: "PrivateDnsZoneGroup", reason: "the registry is reached through it" },
];

/** The reason, or nothing for an order that no list knows. */
export function orderReason(
  wait: Wait,
  byUrn: ReadonlyMap<string, DeclaredResource>,
): string | undefined {
  const nameOf = (urn: string) => byUrn.get(urn)?.type.split(":").at(-1);
  const [resource, after] = [nameOf(wait.resource), nameOf(wait.for)];
  return NEEDED.find((one) => one.resource === resource && one.after === after)?.reason;
}
