import type {
  EndpointIdentity,
  OnlineDeploymentDefinition,
  OnlineEndpointDefinition,
} from "../config/types";

/**
 * What Azure sets where nothing is declared, and what is an input in the state of an imported deployment. Its egress can never
 * change: without this, leaving it out would replace the deployment.
 */
export function leftToAzure({
  egressPublicNetworkAccess: egress,
}: OnlineDeploymentDefinition): string[] {
  return [
    "properties.properties.AzureAsyncOperationUri",
    ...(egress === undefined ? ["properties.egressPublicNetworkAccess"] : []),
  ];
}

/** Properties of an endpoint in ARM's shape, without the split. */
export function onlineEndpointProperties(
  definition: Omit<OnlineEndpointDefinition, "file" | "deployments">,
) {
  const { authMode, publicNetworkAccess, description, properties } = definition;
  return {
    authMode,
    publicNetworkAccess,
    ...(description === undefined ? {} : { description }),
    properties,
  };
}

/** An identity that the YAML gives, in azure-native's shape. */
export function identityProperties(identity: EndpointIdentity) {
  return identity.type === "SystemAssigned"
    ? { type: identity.type }
    : { type: identity.type, userAssignedIdentities: [...identity.resourceIds] };
}
