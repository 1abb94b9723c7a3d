import { UserError } from "../errors";
import { ISOLATION_MODES, type IsolationMode } from "../config/isolationMode";
import { regionName } from "../graph/sameText";
import { ArmError, type Arm } from "../traffic/arm";
import type { EndpointBody } from "../traffic/liveEndpoint";

/** Which endpoint to read. */
export interface Wanted {
  readonly subscriptionId: string;
  readonly workspace: string;
  /** Looked up in the subscription where it is missing. */
  readonly resourceGroup?: string;
  readonly endpoint: string;
}

export interface LiveWorkspace {
  /** As ARM writes it; every id below it begins with this text. */
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly isolationMode: IsolationMode;
}

/** A deployment as ARM answers; the rest of it is read by `deploymentDefinition`. */
export interface LiveDeployment {
  readonly name: string;
  readonly properties: { readonly provisioningState?: string };
}

export interface Live {
  readonly workspace: LiveWorkspace;
  /** As ARM writes it. */
  readonly name: string;
  readonly endpoint: EndpointBody;
  readonly deployments: readonly LiveDeployment[];
}

interface Named {
  readonly id: string;
  readonly name: string;
}

interface WorkspaceBody extends Named {
  readonly location: string;
  readonly properties?: { readonly managedNetwork?: { readonly isolationMode?: string } | null };
}

/** Reads only. @throws UserError when it is not there or may not be read */
export async function readLive(arm: Pick<Arm, "get" | "list">, wanted: Wanted): Promise<Live> {
  try {
    const workspace = await readWorkspace(arm, wanted);
    const endpoints = `${workspace.id}/onlineEndpoints`;
    const found = await arm.get<EndpointBody & Named>(`${endpoints}/${wanted.endpoint}`);
    if (found === undefined) {
      throw new UserError(await noEndpoint(arm, endpoints, wanted));
    }
    const { name } = found.body;
    const deployments = await arm.list<LiveDeployment>(`${endpoints}/${name}/deployments`);
    return { workspace, name, endpoint: found.body, deployments };
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    const role = error.status === 403 ? "; the signed-in identity needs the role Reader there" : "";
    throw new UserError(`${wanted.workspace} cannot be read: ${error.message}${role}`);
  }
}

async function readWorkspace(
  arm: Pick<Arm, "get" | "list">,
  wanted: Wanted,
): Promise<LiveWorkspace> {
  const { subscriptionId, workspace: name } = wanted;
  const group = wanted.resourceGroup ?? (await groupOf(arm, wanted));
  const path = `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
  const found = await arm.get<WorkspaceBody>(path);
  if (found === undefined) {
    throw new UserError(
      `There is no workspace ${name} in the resource group ${group} of subscription ${subscriptionId}.`,
    );
  }
  const { id, location, properties } = found.body;
  const [, , subscription = subscriptionId, , resourceGroup = group] = id.split("/");
  const mode = properties?.managedNetwork?.isolationMode;
  return {
    id,
    name: found.body.name,
    subscriptionId: subscription,
    resourceGroup,
    location: regionName(location),
    isolationMode: ISOLATION_MODES.find((one) => one === mode) ?? "Disabled",
  };
}

/** Workspaces may have the same name in several groups. */
async function groupOf(arm: Pick<Arm, "list">, { subscriptionId, workspace }: Wanted) {
  const all = await arm.list<Named>(
    `/subscriptions/${subscriptionId}/providers/Microsoft.MachineLearningServices/workspaces`,
  );
  const groups = all
    .filter(({ name }) => name.toLowerCase() === workspace.toLowerCase())
    .map(({ id }) => id.split("/")[4] ?? "");
  const [only, ...more] = groups;
  if (only !== undefined && more.length === 0) return only;
  throw new UserError(
    only === undefined
      ? `There is no workspace ${workspace} in subscription ${subscriptionId} that the signed-in identity may read.`
      : `There are several workspaces ${workspace}; name one with --resource-group: ${groups.join(", ")}.`,
  );
}

async function noEndpoint(arm: Pick<Arm, "list">, endpoints: string, wanted: Wanted) {
  const names = (await arm.list<Named>(endpoints)).map(({ name }) => name).sort();
  const there = names.length === 0 ? "it has none" : `there are: ${names.join(", ")}`;
  return `There is no online endpoint ${wanted.endpoint} in the workspace ${wanted.workspace}; ${there}.`;
}
