/** Ids of what the API shows, and paths as ARM reads them: their fixed words in any case. */

const WORDS = [
  "subscriptions",
  "resourceGroups",
  "providers",
  "Microsoft.MachineLearningServices",
  "workspaces",
  "onlineEndpoints",
  "deployments",
  "locations",
  "mfeOperationsStatus",
  "mfeOperationResults",
  "listKeys",
  "regenerateKeys",
  "token",
  "getLogs",
  "codes",
  "data",
  "environments",
  "models",
  "versions",
];
const CANONICAL = new Map(WORDS.map((word) => [word.toLowerCase(), word]));

/**
 * The path with ARM's own spelling of its fixed words; names stay as they are. ARM does not mind the case, and clients
 * differ (azure-ai-ml writes `resourceGroups`, the portal's ids `resourcegroups`).
 */
export function canonicalPath(path: string): string {
  const segments = path.split("/").slice(1);
  return `/${segments
    .map((segment, index) =>
      // Every second one is a name; the name space is none.
      index % 2 === 0 || segment.includes(".") ? canonical(segment) : segment,
    )
    .join("/")}`;
}

function canonical(segment: string): string {
  return CANONICAL.get(segment.toLowerCase()) ?? segment;
}

export interface WorkspacePlace {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly workspaceName: string;
}

export function workspaceId(place: WorkspacePlace): string {
  const { subscriptionId, resourceGroupName, workspaceName } = place;
  return (
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${workspaceName}`
  );
}

/** The endpoint that a deployment belongs to; an endpoint's own id stays. */
export function endpointOf(id: string): string {
  return id.split("/deployments/")[0] ?? id;
}

export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
