import type { CreatedResource } from "../../graph/graph";
import type { Split } from "../../traffic/split";
import { changedAt, changedProperties } from "../../graph/changes";
import type { AzureType } from "./azureType";
import { catalogue } from "./catalogue";
import { endpointNameTaken } from "./endpointNames";
import { assertSplit, withSplit } from "./endpointTraffic";
import { textAt, valueAt, type Inputs } from "../../graph/paths";
import { sameText } from "../../graph/sameText";
import { nameParts, parentId, resourceId } from "./armIds";
import { isNetworkWatcher } from "./flowLogRules";
import { computedOutputs } from "./outputs";
import { Refusal } from "./refusal";
import { rules } from "./rules";
import type { AzureSettings, EndpointUpdate, StoredResources } from "./typeRules";

const RESOURCE_GROUP = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)$/i;

/**
 * The emulator's memory: which resources exist. It emulates the resource manager's rules that a program of this
 * project can break (parents, names, limits, what cannot change), not Azure; what it accepts Azure may still refuse.
 */
export class AzureStore implements StoredResources {
  private readonly byId = new Map<string, CreatedResource>();

  constructor(
    readonly settings: AzureSettings,
    existing: readonly CreatedResource[] = [],
  ) {
    for (const resource of existing) this.byId.set(resource.id.toLowerCase(), resource);
  }

  /** @throws Refusal when the name is taken, the parent is missing or a rule of the type is broken */
  create(token: string, inputs: Inputs): CreatedResource {
    const type = azureType(token);
    const id = resourceId(type, inputs, this.settings);
    if ((this.read(id) !== undefined || this.isFoundGroup(id)) && type.isAssetVersion !== true) {
      throw new Refusal("Conflict", `${id} exists already`, "arm-exists-already");
    }
    this.checkName(token, type, inputs, id);
    this.checkParent(type, inputs, id);
    return this.put(token, type, inputs, id);
  }

  /** @throws Refusal when it does not exist, or a property changes that cannot */
  update(id: string, token: string, inputs: Inputs): CreatedResource {
    const type = azureType(token);
    const current = this.existing(id);
    const changed = changedImmutables(type, current.inputs, inputs);
    if (changed.length > 0) {
      throw new Refusal(
        "PropertyChangeNotAllowed",
        `${changed.join(", ")} of ${id} cannot change`,
        "arm-immutable-properties",
      );
    }
    return this.put(token, type, inputs, id);
  }

  read(id: string): CreatedResource | undefined {
    const found = this.settings.found?.find((one) => sameText(one.id, id));
    return this.byId.get(id.toLowerCase()) ?? found;
  }

  /**
   * Deletes it with everything below it, as the resource manager does; a version of an asset is archived and stays until its
   * workspace goes. @throws Refusal while it is in use
   */
  delete(id: string): void {
    const resource = this.read(id);
    if (resource === undefined) return;
    rules[resource.token]?.delete?.(resource, this);
    if (azureType(resource.token).isAssetVersion === true) {
      const properties = { ...(resource.outputs["properties"] as object), isArchived: true };
      const outputs = { ...resource.outputs, properties };
      this.byId.set(id.toLowerCase(), { ...resource, outputs });
      return;
    }
    const below = `${id.toLowerCase()}/`;
    for (const key of [...this.byId.keys()]) {
      if (key === id.toLowerCase() || key.startsWith(below)) this.byId.delete(key);
    }
  }

  list(token?: string): CreatedResource[] {
    return [...this.byId.values()].filter((one) => token === undefined || one.token === token);
  }

  setSplit(endpointId: string, split: Split): void {
    const endpoint = this.existing(endpointId);
    assertSplit(this, endpointId, split);
    this.byId.set(endpointId.toLowerCase(), withSplit(endpoint, split));
  }

  updateEndpoint(endpointId: string, { tags, properties }: EndpointUpdate): void {
    const endpoint = this.existing(endpointId);
    const before = valueAt(endpoint.outputs, "properties") as object;
    const outputs = { ...endpoint.outputs, tags, properties: { ...before, ...properties } };
    this.byId.set(endpointId.toLowerCase(), { ...endpoint, outputs });
  }

  /** Changes what Azure answers about a cluster, as a PUT with another API version than the program's does. */
  updateCluster(id: string, outputs: Readonly<Record<string, unknown>>): CreatedResource {
    const cluster = this.existing(id);
    const updated = { ...cluster, outputs: { ...cluster.outputs, ...outputs } };
    this.byId.set(id.toLowerCase(), updated);
    return updated;
  }

  private existing(id: string): CreatedResource {
    const found = this.read(id);
    if (found === undefined) {
      throw new Refusal("ResourceNotFound", `${id} does not exist`, "arm-not-found");
    }
    return found;
  }

  private put(token: string, type: AzureType, inputs: Inputs, id: string): CreatedResource {
    rules[token]?.put?.(inputs, id, this);
    const outputs = { ...inputs, ...computedOutputs(token, type, inputs, id, this.settings) };
    const resource = { token, id, inputs, outputs };
    this.byId.set(id.toLowerCase(), resource);
    return resource;
  }

  private checkName(token: string, type: AzureType, inputs: Inputs, id: string): void {
    const name = nameParts(type, inputs).at(-1) ?? "";
    if (type.naming !== undefined && !type.naming.pattern.test(name)) {
      throw new Refusal(
        "InvalidResourceName",
        `"${name}" must be ${type.naming.words} (${id})`,
        type.naming.source ?? "arm-resource-names",
      );
    }
    if (type.unique === undefined) return;
    const place = type.unique === "region" ? textAt(inputs, "location") : "";
    const taken = this.list(token).find(
      (other) =>
        nameParts(type, other.inputs).at(-1)?.toLowerCase() === name.toLowerCase() &&
        (place === "" || textAt(other.inputs, "location") === place),
    );
    if (taken === undefined) return;
    if (type.unique === "region") throw endpointNameTaken();
    throw new Refusal(
      "NameAlreadyTaken",
      `the name "${name}" is taken by ${taken.id}`,
      "arm-unique-names",
    );
  }

  private checkParent(type: AzureType, inputs: Inputs, id: string): void {
    const parent = parentId(type, inputs, this.settings);
    if (parent === undefined || this.exists(parent)) return;
    const group = RESOURCE_GROUP.exec(parent)?.[2];
    if (group !== undefined) {
      throw new Refusal(
        "ResourceGroupNotFound",
        `Resource group '${group}' could not be found. (${id})`,
        "arm-resource-group-exists",
      );
    }
    throw new Refusal(
      "ParentResourceNotFound",
      `${id} needs ${parent || "its scope"}, which does not exist`,
      "arm-parent-exists",
    );
  }

  /** What the settings name is assumed to exist, with its parents. */
  private isOfOthers(id: string): boolean {
    return (this.settings.existing ?? []).some((one) =>
      `${one.toLowerCase()}/`.startsWith(`${id.toLowerCase()}/`),
    );
  }

  private exists(id: string): boolean {
    if (this.read(id) !== undefined || this.isOfOthers(id)) return true;
    return isNetworkWatcher(id, this) || this.isFoundGroup(id);
  }

  private isFoundGroup(id: string): boolean {
    const group = RESOURCE_GROUP.exec(id);
    return (
      group !== null &&
      group[1]?.toLowerCase() === this.settings.subscriptionId.toLowerCase() &&
      this.settings.resourceGroups.some((name) => name.toLowerCase() === group[2]?.toLowerCase())
    );
  }
}

export function azureType(token: string): AzureType {
  const type = catalogue[token];
  if (type === undefined) {
    throw new Error(`the emulator does not know ${token}; add it to emulator/azure/catalogue.ts`);
  }
  return type;
}

/** Dotted paths of the inputs that differ, as far as they are part of the resource. */
export function changedInputs(type: AzureType, olds: Inputs, news: Inputs): string[] {
  const untracked = new Set(type.untracked);
  return changedProperties(olds, news).filter((path) => !untracked.has(path.split(".")[0] ?? ""));
}

/** Properties whose change makes a new resource instead of changing this one. */
export function changedImmutables(type: AzureType, olds: Inputs, news: Inputs): string[] {
  const names = type.names.filter((name) => !name.startsWith("="));
  const scope = type.scope === "subscription" ? [] : [type.scope?.property ?? "resourceGroupName"];
  return changedAt([...scope, ...names, ...(type.immutable ?? [])], olds, news);
}
