import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import { OnlineDeployment } from "@pulumi/azure-native/machinelearningservices";
import * as pulumi from "@pulumi/pulumi";
import type { Autoscales } from "../config/autoscaleTypes";
import type { OnlineEndpointDefinition } from "../config/types";
import type { Assets } from "./assets";
import { autoscaleSettings } from "./autoscaleSetting";
import { grantScoring, type CallersArgs } from "./callers";
import { endpointCreationHooks, pause, type Pause } from "./endpointCreation";
import type { EndpointWorkspace } from "./endpointWorkspace";
import { endpointIdentity } from "./endpointIdentity";
import { leftToAzure, onlineEndpointProperties } from "./endpointProperties";
import type { InstanceCounts } from "./instanceCounts";
import { resolvedName } from "./resolvedName";
import { sendDiagnostics } from "./observability";
import { onlineDeploymentProperties } from "./onlineDeployment";
import type { TelemetryArgs } from "./telemetry";
import { TrafficSplit } from "./trafficSplit";

export interface OnlineEndpointArgs {
  readonly definition: OnlineEndpointDefinition;
  /**
   * Instances by deployment, where the number was set outside the YAML.
   * @default the definition's
   */
  readonly instanceCounts?: InstanceCounts;
  /**
   * By deployment, where Azure Monitor chooses the number of instances.
   * @default none
   */
  readonly autoscale?: Autoscales;
  readonly subscriptionId: string;
  /** The stack's own, for an identity; the endpoint lies in the workspace's. */
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly workspace: EndpointWorkspace;
  /** What the deployments run: `Assets`, or ids of registered assets by deployment. */
  readonly assets: Pick<Assets, "byDeployment">;
  readonly logAnalyticsId: pulumi.Input<string>;
  /** Name of the user-assigned identity that is created when the YAML names none. */
  readonly identityName: string;
  /**
   * Who may score with a token of Entra, and by which role.
   * @default nobody
   */
  readonly callers?: Pick<CallersArgs, "callers" | "role" | "roleName">;
  /**
   * Where deployments send metrics and traces, as the identity that is created; not where the YAML names one.
   * @default nowhere
   */
  readonly telemetry?: TelemetryArgs;
  /**
   * Waits between two tries of a creation.
   * @default time passes
   */
  readonly wait?: Pause;
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A write of the endpoint by azure-native would leave the split out, since the engine gives what it ignores from its
 * state (pulumi/docs issue 16161), or not at all.
 */
const SET_BY_TRAFFIC_SPLIT = [
  "tags",
  "properties.description",
  "properties.publicNetworkAccess",
  "properties.properties",
  "properties.traffic",
  "properties.mirrorTraffic",
];

/**
 * Managed online endpoint with its deployments and its traffic, in the order in which Azure takes them: identity
 * and roles, endpoint without traffic, one deployment after the other, traffic last. Writes under one endpoint are
 * chained because Azure refuses a second one meanwhile (Azure/azure-sdk-for-net issue 36961, azure-cli issue 17075).
 */
export class OnlineEndpoint extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly deploymentIds: Readonly<Record<string, pulumi.Output<string>>>;
  readonly scoringUri: pulumi.Output<string>;

  constructor(name: string, args: OnlineEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:onlineEndpoint:OnlineEndpoint", name, {}, opts);
    const { definition } = args;
    const { identity, grants, variables } = endpointIdentity(name, args, { parent: this });
    const tags = { ...args.tags, ...definition.tags };
    const properties = onlineEndpointProperties(definition);
    const { authMode: _fixed, ...settings } = properties;

    const endpoint = new machinelearningservices.OnlineEndpoint(
      name,
      {
        endpointName: definition.name,
        resourceGroupName: args.workspace.resourceGroupName,
        workspaceName: args.workspace.name,
        location: args.location,
        identity,
        properties,
        tags,
      },
      // Made and deleted here; all that can change in between is written by TrafficSplit, with the split.
      {
        parent: this,
        dependsOn: [...grants, ...(args.workspace.ready ?? [])],
        ignoreChanges: SET_BY_TRAFFIC_SPLIT,
        // Azure cannot change these, and two endpoints of one name cannot be.
        replaceOnChanges: ["identity", "properties.authMode"],
        deleteBeforeReplace: true,
        hooks: endpointCreationHooks(name, definition, args.location, args.wait ?? pause),
      },
    );
    this.id = endpoint.id;
    this.name = resolvedName(endpoint, definition.name);
    this.beside(name, args, endpoint.id);
    const deployments = this.deployments(name, args, variables);
    this.deploymentIds = Object.fromEntries(deployments.map(([name, { id }]) => [name, id]));
    autoscaleSettings(name, args, endpoint, deployments, { parent: this });
    new TrafficSplit(
      `${name}-traffic`,
      {
        subscriptionId: args.subscriptionId,
        resourceGroupName: args.workspace.resourceGroupName,
        workspaceName: args.workspace.name,
        endpointName: this.name,
        traffic: definition.traffic,
        mirrorTraffic: definition.mirrorTraffic,
        settings: { tags, ...settings },
        deployments: this.deploymentIds,
      },
      { parent: this },
    );

    // Looked up, because as an output it would be unknown in the preview of any change to the endpoint.
    this.scoringUri = machinelearningservices
      .getOnlineEndpointOutput(
        {
          endpointName: this.name,
          workspaceName: args.workspace.name,
          resourceGroupName: args.workspace.resourceGroupName,
        },
        { parent: this },
      )
      .properties.apply((properties) => properties.scoringUri);
    this.registerOutputs({ name: this.name, scoringUri: this.scoringUri });
  }

  /** What is put on the endpoint: where its logs go, and who may score. */
  private beside(name: string, args: OnlineEndpointArgs, id: pulumi.Output<string>): void {
    const { logAnalyticsId, subscriptionId, workspace } = args;
    const opts = { parent: this };
    sendDiagnostics(`${name}-diagnostics`, { resourceId: id, logAnalyticsId }, opts);
    const place = { resourceGroupName: workspace.resourceGroupName, subscriptionId };
    if (args.callers !== undefined) {
      grantScoring(name, { ...args.callers, endpointId: id, ...place }, opts);
    }
  }

  private deployments(
    name: string,
    args: OnlineEndpointArgs,
    variables: Readonly<Record<string, pulumi.Input<string>>>,
  ): (readonly [string, OnlineDeployment])[] {
    const created: (readonly [string, OnlineDeployment])[] = [];
    for (const definition of args.definition.deployments) {
      const { count = definition.instanceCount, ignoresChanges = false } =
        args.instanceCounts?.[definition.name] ?? {};
      created.push([
        definition.name,
        new OnlineDeployment(
          `${name}-${definition.name}`,
          {
            deploymentName: definition.name,
            endpointName: this.name,
            resourceGroupName: args.workspace.resourceGroupName,
            workspaceName: args.workspace.name,
            location: args.location,
            // The number of instances is the SKU's capacity; the VM size is instanceType, not the SKU's name.
            sku: {
              name: "Default",
              tier: "Standard",
              capacity: count,
            },
            properties: onlineDeploymentProperties(
              definition,
              args.assets.byDeployment.get(definition.name) ?? {},
              variables,
            ),
            tags: { ...args.tags, ...definition.tags },
          },
          {
            parent: this,
            dependsOn: created.slice(-1).map(([, before]) => before),
            // Azure answers with the variables in plain text.
            ...(args.telemetry === undefined ? {} : { additionalSecretOutputs: ["properties"] }),
            ignoreChanges: [
              ...leftToAzure(definition),
              ...(ignoresChanges ? ["sku.capacity"] : []),
            ],
          },
        ),
      ]);
    }
    return created;
  }
}
