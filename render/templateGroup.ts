import { azureType } from "../emulator/azure/azureStore";
import { sameText } from "../graph/sameText";
import type { GraphResource } from "../graph/graph";

export interface Group {
  /** Left out where it is the template's own. */
  readonly subscriptionId?: string;
  readonly resourceGroup: string;
}

/**
 * The group of a resource, or of the resource that it extends, where that is another one than the template's: the group of
 * the first resource that is no extension.
 */
export function otherGroup(id: string, graph: readonly GraphResource[]): Group | undefined {
  const group = groupOf(id);
  const first = graph.find(
    ({ created }) =>
      typeof azureType(created.token).scope !== "object" && groupOf(created.id) !== undefined,
  );
  const own = first && groupOf(first.created.id);
  if (group === undefined || own === undefined) return undefined;
  const { subscriptionId, resourceGroup } = group;
  if (!sameText(subscriptionId, own.subscriptionId)) return group;
  return sameText(resourceGroup, own.resourceGroup) ? undefined : { resourceGroup };
}

function groupOf(id: string): Required<Group> | undefined {
  const match = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)/i.exec(id);
  return match === null
    ? undefined
    : { subscriptionId: match[1] ?? "", resourceGroup: match[2] ?? "" };
}
