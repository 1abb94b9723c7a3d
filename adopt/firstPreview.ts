import { UserError } from "../errors";
import { azureType, changedImmutables, changedInputs } from "../emulator/azure/azureStore";
import type { EmulatorRun } from "../emulator/onEmulator";
import { withIgnored } from "../graph/ignoreChanges";
import { isObject, textAt, type Inputs } from "../graph/paths";
import { plainInputs, revealed } from "../graph/plainInputs";
import { regionName } from "../graph/sameText";
import type { DeclaredResource } from "../graph/program";
import { isStack, type Imported } from "./importFile";
import type { Live } from "./live";
import { STAND_IN } from "./secrets";

/** What the first preview after the import shows of a resource. */
export interface Planned {
  readonly op: "create" | "update";
  readonly name: string;
  readonly type: string;
  /** Of an update: paths of the inputs that differ. */
  readonly paths: readonly string[];
}

export interface FirstPreview {
  readonly imported: readonly Imported[];
  readonly planned: readonly Planned[];
}

const ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint";
const DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment";

/** Properties that only Azure sets: azure-native has them as outputs alone. */
const READ_ONLY = ["provisioningState", "scoringUri", "swaggerUri"];

/**
 * Compares what the program declares with what is live, as azure-native does: by inputs.
 *
 * @param variables by deployment: variables of which only another value was evaluated
 * @throws UserError when an update would make a resource anew, which takes the running one away
 */
export function firstPreview(
  { resources }: EmulatorRun,
  live: Live,
  variables: ReadonlyMap<string, readonly string[]>,
): FirstPreview {
  const endpointId = `${live.workspace.id}/onlineEndpoints/${live.name}`;
  const deployments = new Map(live.deployments.map((one) => [one.name, one]));
  const imported: Imported[] = [];
  const planned: Planned[] = [];
  const parents = new Set<string>();
  const take = (declared: DeclaredResource, id: string, names: Inputs, body: unknown) => {
    imported.push({ declared, id });
    if (declared.parent !== undefined) parents.add(declared.parent);
    planned.push(...updateOf(declared, { ...names, ...inputsOf(body) }));
  };
  const names = {
    resourceGroupName: live.workspace.resourceGroup,
    workspaceName: live.workspace.name,
    endpointName: live.name,
  };
  for (const declared of resources) {
    const deploymentName = textAt(declared.inputs, "deploymentName");
    const deployment = deployments.get(deploymentName);
    if (declared.type === ENDPOINT) take(declared, endpointId, names, live.endpoint);
    else if (declared.type === DEPLOYMENT && deployment !== undefined) {
      const body = withStandIns(deployment, variables.get(deploymentName) ?? []);
      const id = `${endpointId}/deployments/${deploymentName}`;
      take(declared, id, { ...names, deploymentName }, body);
    }
  }
  const there = new Set([...imported.map(({ declared }) => declared.urn), ...parents]);
  const created = resources
    .filter((one) => !there.has(one.urn) && !isStack(one))
    .map(({ name, type }) => ({ op: "create", name, type, paths: [] }) as const);
  return { imported, planned: [...planned, ...created] };
}

function updateOf(declared: DeclaredResource, before: Inputs): Planned[] {
  const { type, name, ignoreChanges } = declared;
  const inputs = plainInputs(declared.inputs, revealed);
  // The import takes over what is declared at the top, and nothing else.
  const known = Object.fromEntries(Object.entries(before).filter(([key]) => key in inputs));
  const after = withIgnored(ignoreChanges, known, inputs);
  const anew = changedImmutables(azureType(type), known, after);
  if (anew.length > 0) {
    throw new UserError(
      `${name} cannot be adopted: ${anew.join(", ")} would differ from what is live, and Azure cannot change that, so that ` +
        "the first update would delete it and make another one. Nothing was written.",
    );
  }
  const paths = changedInputs(azureType(type), known, after);
  return paths.length === 0 ? [] : [{ op: "update", name, type, paths }];
}

/** A body of ARM as azure-native's inputs: identities as a list, without nulls and without what only Azure sets. */
function inputsOf(body: unknown): Inputs {
  const { properties, identity, location, ...others } = withoutNulls(body) as Inputs;
  const assigned = isObject(identity) ? identity["userAssignedIdentities"] : undefined;
  const own = Object.entries(properties ?? {}).filter(([key]) => !READ_ONLY.includes(key));
  return {
    ...others,
    location: regionName(String(location)),
    properties: Object.fromEntries(own),
    ...(isObject(identity)
      ? {
          identity: {
            type: identity["type"],
            ...(isObject(assigned) ? { userAssignedIdentities: Object.keys(assigned) } : {}),
          },
        }
      : {}),
  };
}

function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

function withStandIns(
  { properties, ...body }: Live["deployments"][number],
  names: readonly string[],
) {
  const { environmentVariables } = properties as { environmentVariables?: Inputs };
  if (names.length === 0) return { ...body, properties };
  const standIns = Object.fromEntries(names.map((name) => [name, STAND_IN]));
  return {
    ...body,
    properties: { ...properties, environmentVariables: { ...environmentVariables, ...standIns } },
  };
}
