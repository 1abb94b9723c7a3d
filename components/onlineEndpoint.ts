import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import * as pulumi from "@pulumi/pulumi";
import type { EndpointIdentity, OnlineEndpointDefinition } from "../config/types";
import type { Assets } from "./assets";
import { nameWhenMade } from "./known";
import { sendDiagnostics } from "./observability";
import { onlineDeploymentProperties } from "./onlineDeployment";
import { grantRole } from "./roles";
import { TrafficSplit } from "./trafficSplit";
import { userAssignedIdentity } from "./userAssignedIdentity";

export interface OnlineEndpointArgs {
  readonly definition: OnlineEndpointDefinition;
  readonly subscriptionId: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly workspaceId: pulumi.Input<string>;
  readonly workspaceName: pulumi.Input<string>;
  /** What has to be there before the first deployment, for example the workspace's outbound rules. */
  readonly workspaceReady: readonly pulumi.Resource[];
  readonly assets: Assets;
  readonly registryId: pulumi.Input<string>;
  readonly logAnalyticsId: pulumi.Input<string>;
  /** Name of the user-assigned identity that is made when the YAML names none. */
  readonly identityName: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Managed online endpoint with its deployments and its traffic, in the order in which Azure takes them: identity
 * and roles, endpoint without traffic, one deployment after the other, traffic last. Writes under one endpoint are
 * chained because Azure refuses a second one meanwhile (Azure/azure-sdk-for-net issue 36961, azure-cli issue 17075).
 */
export class OnlineEndpoint extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly scoringUri: pulumi.Output<string>;

  constructor(name: string, args: OnlineEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:onlineEndpoint:OnlineEndpoint", name, {}, opts);
    const { definition } = args;
    const { identity, grants } = this.identity(name, args);

    const endpoint = new machinelearningservices.OnlineEndpoint(
      name,
      {
        endpointName: definition.name,
        resourceGroupName: args.resourceGroupName,
        workspaceName: args.workspaceName,
        location: args.location,
        identity,
        properties: {
          authMode: definition.authMode,
          publicNetworkAccess: definition.publicNetworkAccess,
          ...(definition.description === undefined ? {} : { description: definition.description }),
          properties: definition.properties,
        },
        tags: { ...args.tags, ...definition.tags },
      },
      // Azure reads the split back into this resource, but TrafficSplit alone owns it.
      {
        parent: this,
        dependsOn: [...grants, ...args.workspaceReady],
        ignoreChanges: ["properties.traffic", "properties.mirrorTraffic"],
      },
    );
    this.name = nameWhenMade(endpoint, definition.name);
    sendDiagnostics(
      `${name}-diagnostics`,
      { resourceId: endpoint.id, logAnalyticsId: args.logAnalyticsId },
      { parent: this },
    );
    const deployments = this.deployments(name, args);
    new TrafficSplit(
      `${name}-traffic`,
      {
        subscriptionId: args.subscriptionId,
        resourceGroupName: args.resourceGroupName,
        workspaceName: args.workspaceName,
        endpointName: this.name,
        traffic: definition.traffic,
        mirrorTraffic: definition.mirrorTraffic,
      },
      { parent: this, dependsOn: deployments },
    );

    // Looked up, because as an output it would be unknown in the preview of any change to the endpoint.
    this.scoringUri = machinelearningservices
      .getOnlineEndpointOutput(
        {
          endpointName: this.name,
          workspaceName: args.workspaceName,
          resourceGroupName: args.resourceGroupName,
        },
        { parent: this },
      )
      .properties.apply((properties) => properties.scoringUri);
    this.registerOutputs({ name: this.name, scoringUri: this.scoringUri });
  }

  private deployments(name: string, args: OnlineEndpointArgs): pulumi.Resource[] {
    const made: pulumi.Resource[] = [];
    for (const definition of args.definition.deployments) {
      made.push(
        new machinelearningservices.OnlineDeployment(
          `${name}-${definition.name}`,
          {
            deploymentName: definition.name,
            endpointName: this.name,
            resourceGroupName: args.resourceGroupName,
            workspaceName: args.workspaceName,
            location: args.location,
            // The number of instances is the SKU's capacity; the VM size is instanceType, not the SKU's name.
            sku: { name: "Default", tier: "Standard", capacity: definition.instanceCount },
            properties: onlineDeploymentProperties(
              definition,
              args.assets.byDeployment.get(definition.name) ?? {},
            ),
            tags: { ...args.tags, ...definition.tags },
          },
          {
            parent: this,
            dependsOn: made.slice(-1),
            // Azure answers with the variables in plain text, which must not reach the state either.
            additionalSecretOutputs: definition.secretVariables.length > 0 ? ["properties"] : [],
          },
        ),
      );
    }
    return made;
  }

  /** The YAML's identity, or one made here with what a deployment needs: pull, read its assets, write metrics. */
  private identity(
    name: string,
    args: OnlineEndpointArgs,
  ): {
    identity: machinelearningservices.OnlineEndpointArgs["identity"];
    grants: pulumi.Resource[];
  } {
    if (args.definition.identity !== undefined) {
      return { identity: identityProperties(args.definition.identity), grants: [] };
    }
    const { id, principalId } = userAssignedIdentity(`${name}-identity`, args, { parent: this });
    // Azure grants a user-assigned identity nothing by itself; without these a deployment fails with BadArgument.
    const grants = [
      { suffix: "acr-pull", role: "AcrPull", scope: args.registryId },
      { suffix: "assets-reader", role: "Storage Blob Data Reader", scope: args.assets.containerId },
      {
        suffix: "metrics-writer",
        role: "AzureML Metrics Writer (preview)",
        scope: args.workspaceId,
      },
    ] as const;
    return {
      identity: { type: "UserAssigned", userAssignedIdentities: [id] },
      grants: grants.map(({ suffix, role, scope }) =>
        grantRole(
          `${name}-${suffix}`,
          {
            role,
            scope,
            principalId,
            principalType: "ServicePrincipal",
            subscriptionId: args.subscriptionId,
          },
          { parent: this },
        ),
      ),
    };
  }
}

function identityProperties(
  identity: EndpointIdentity,
): machinelearningservices.OnlineEndpointArgs["identity"] {
  return identity.type === "SystemAssigned"
    ? { type: "SystemAssigned" }
    : { type: "UserAssigned", userAssignedIdentities: [...identity.resourceIds] };
}
