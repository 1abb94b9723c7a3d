import { z } from "zod";
import type { BareEndpoint } from "../config/azureml/definitionYaml";
import type { EndpointIdentity } from "../config/types";
import type { EndpointBody } from "../traffic/liveEndpoint";

/** The way back from ARM's body of an endpoint to what its YAML says: the inverse of `onlineEndpointProperties`. */

/**
 * Properties that Azure itself adds to endpoints and deployments, in lower case (terraform-provider-azurerm,
 * machine_learning_online_endpoint_resource.go, `machineLearningOnlineEndpointSystemProperties`).
 */
const SET_BY_AZURE = ["azureasyncoperationuri", "azureml.onlineendpointid"];

const AUTH_MODE = z.enum(["Key", "AMLToken", "AADToken"]);

/** Why an endpoint cannot be declared: the sentence goes on after its name. */
export class NotDeclarable extends Error {}

/**
 * What the endpoint's YAML would say.
 *
 * @throws NotDeclarable for what neither the YAML nor an update of this stack can say without making the endpoint anew
 */
export function endpointDefinition(name: string, { identity, tags, ...body }: EndpointBody) {
  const { properties } = body;
  const authMode = AUTH_MODE.safeParse(properties.authMode);
  if (!authMode.success) throw new NotDeclarable(`has the auth mode ${properties.authMode}`);
  const definition: BareEndpoint = {
    name,
    ...(properties.description == null ? {} : { description: properties.description }),
    authMode: authMode.data,
    identity: identityDefinition(identity),
    publicNetworkAccess: properties.publicNetworkAccess === "Disabled" ? "Disabled" : "Enabled",
    traffic: properties.traffic ?? {},
    mirrorTraffic: properties.mirrorTraffic ?? {},
    tags: tags ?? {},
    properties: ownProperties(properties.properties),
  };
  return definition;
}

/** Without what Azure added. */
export function ownProperties(
  properties: Readonly<Record<string, string>> | null | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties ?? {}).filter(([name]) => !SET_BY_AZURE.includes(name.toLowerCase())),
  );
}

/** ARM keeps user-assigned identities as keys; both kinds at once, or several of the second, the YAML cannot say. */
function identityDefinition(identity: EndpointBody["identity"]): EndpointIdentity {
  const type = identity?.type ?? "None";
  const resourceIds = Object.keys(identity?.userAssignedIdentities ?? {});
  if (type === "SystemAssigned") return { type };
  if (type === "UserAssigned" && resourceIds.length === 1) return { type, resourceIds };
  const many = resourceIds.length > 1 ? ` (${resourceIds.length} user-assigned)` : "";
  throw new NotDeclarable(
    `has the identity ${type}${many}, and the YAML has either the system-assigned one or one user-assigned`,
  );
}
