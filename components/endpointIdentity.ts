import type * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import type * as pulumi from "@pulumi/pulumi";
import type { OnlineEndpointDefinition } from "../config/types";
import type { EndpointWorkspace } from "./endpointWorkspace";
import { identityProperties } from "./endpointProperties";
import { grantRole } from "./roles";
import { grantSending, telemetryVariables, type TelemetryArgs } from "./telemetry";
import { userAssignedIdentity } from "./userAssignedIdentity";

/** What of an endpoint decides its identity; `OnlineEndpointArgs` has it. */
interface EndpointIdentityArgs {
  readonly definition: Pick<OnlineEndpointDefinition, "identity">;
  readonly subscriptionId: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly workspace: EndpointWorkspace;
  readonly identityName: string;
  readonly telemetry?: TelemetryArgs;
  readonly tags?: Readonly<Record<string, string>>;
}

/** As whom an endpoint's deployments run, and what they are told because of it. */
interface EndpointIdentity {
  readonly identity: machinelearningservices.OnlineEndpointArgs["identity"];
  readonly grants: readonly pulumi.Resource[];
  /** Environment variables of every deployment. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * The YAML's identity, or one created here with what a deployment needs: pull, read the storage, write metrics, and send
 * telemetry where the endpoint has it.
 */
export function endpointIdentity(
  name: string,
  args: EndpointIdentityArgs,
  opts: pulumi.CustomResourceOptions,
): EndpointIdentity {
  const { definition, workspace, subscriptionId, telemetry } = args;
  if (definition.identity !== undefined) {
    return { identity: identityProperties(definition.identity), grants: [], variables: {} };
  }
  const own = userAssignedIdentity(`${name}-identity`, { ...args, tags: args.tags ?? {} }, opts);
  const { id, principalId } = own;
  // Azure grants a user-assigned identity nothing by itself; without these a deployment fails with BadArgument. Reading is
  // granted on the whole account, as documented (Azure ML, "Access Azure resources from an online endpoint"). That the
  // container of the assets alone is enough, nobody has shown yet.
  const needed = [
    { suffix: "acr-pull", role: "AcrPull", scope: workspace.registryId },
    {
      suffix: "storage-reader",
      role: "Storage Blob Data Reader",
      scope: workspace.storageAccountId,
    },
    {
      suffix: "metrics-writer",
      role: "AzureML Metrics Writer (preview)",
      scope: workspace.id,
    },
  ] as const;
  const grants: pulumi.Resource[] = needed.map(({ suffix, role, scope }) =>
    grantRole(
      `${name}-${suffix}`,
      { role, scope, principalId, principalType: "ServicePrincipal", subscriptionId },
      opts,
    ),
  );
  const identity = { type: "UserAssigned" as const, userAssignedIdentities: [id] };
  if (telemetry === undefined) return { identity, grants, variables: {} };
  return {
    identity,
    grants: [...grants, grantSending(name, telemetry, own, subscriptionId, opts)],
    variables: telemetryVariables(telemetry, own),
  };
}
