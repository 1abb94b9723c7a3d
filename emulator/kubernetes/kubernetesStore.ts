import { textAt, valueAt, type Inputs } from "../../graph/paths";
import { generatedGuid } from "../azure/outputs";
import { Refusal } from "../azure/refusal";
import { changedAt, changedProperties } from "../../graph/changes";
import type { CreatedResource } from "../../graph/graph";
import type { ResourceStore } from "../resourceStore";
import { catalogue, type KubernetesType } from "./kinds";
import { labelFaults, selectorFault } from "./objectRules";

const NAMESPACE = "kubernetes:core/v1:Namespace";

/** Namespaces that every cluster has (Kubernetes documentation, "Namespaces"). */
const OWN_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/**
 * The objects of a cluster. It emulates the API server's rules that a program of this project can break (namespaces,
 * names, labels, what cannot change); what it accepts an API server may still refuse. Ids are `namespace/name`, as the
 * real provider gives them, so an object is found by its token and its id.
 */
export class KubernetesStore implements ResourceStore {
  private readonly byKey = new Map<string, CreatedResource>();

  constructor(existing: readonly CreatedResource[] = []) {
    for (const resource of existing) this.byKey.set(keyOf(resource.token, resource.id), resource);
  }

  create(token: string, inputs: Inputs): CreatedResource {
    kubernetesType(token);
    const { id } = this.preview(token, inputs);
    const isOwn = token === NAMESPACE && OWN_NAMESPACES.includes(id);
    if (isOwn || this.read(token, id) !== undefined) {
      throw new Refusal(
        "AlreadyExists",
        `${kindOf(token)} ${id} exists already`,
        "kubernetes-exists-already",
      );
    }
    const namespace = namespaceOf(token, inputs);
    if (namespace !== undefined && !this.hasNamespace(namespace)) {
      throw new Refusal(
        "NotFound",
        `${kindOf(token)} ${id} needs the namespace "${namespace}", which does not exist`,
        "kubernetes-namespaces",
      );
    }
    return this.put(token, inputs);
  }

  update(token: string, id: string, inputs: Inputs): CreatedResource {
    const current = this.read(token, id);
    if (current === undefined) {
      throw new Refusal(
        "NotFound",
        `${kindOf(token)} ${id} does not exist`,
        "kubernetes-exists-already",
      );
    }
    const changed = this.changedImmutables(token, current.inputs, inputs);
    if (changed.length > 0) {
      throw new Refusal(
        "Invalid",
        `${changed.join(", ")} of ${kindOf(token)} ${id} cannot change`,
        "kubernetes-immutable-fields",
      );
    }
    return this.put(token, inputs);
  }

  read(token: string, id: string): CreatedResource | undefined {
    return this.byKey.get(keyOf(token, id));
  }

  /** A namespace takes along all that is in it. */
  delete(token: string, id: string): void {
    this.byKey.delete(keyOf(token, id));
    if (token !== NAMESPACE) return;
    for (const [key, resource] of this.byKey) {
      if (namespaceOf(resource.token, resource.inputs) === id) this.byKey.delete(key);
    }
  }

  list(): CreatedResource[] {
    return [...this.byKey.values()];
  }

  preview(token: string, inputs: Inputs, id?: string): CreatedResource {
    const name = textAt(inputs, "metadata.name");
    const namespace = namespaceOf(token, inputs);
    const own = namespace === undefined ? name : `${namespace}/${name}`;
    const metadata = {
      ...(valueAt(inputs, "metadata") as object),
      uid: generatedGuid(keyOf(token, id ?? own), "uid"),
    };
    return { token, id: id ?? own, inputs, outputs: { ...inputs, metadata, status: {} } };
  }

  changedInputs(_token: string, olds: Inputs, news: Inputs): string[] {
    return changedProperties(olds, news);
  }

  changedImmutables(token: string, olds: Inputs, news: Inputs): string[] {
    const { immutable = [] } = kubernetesType(token);
    return changedAt(["metadata.namespace", "metadata.name", ...immutable], olds, news);
  }

  computed(): string[] {
    return ["metadata", "status"];
  }

  private hasNamespace(name: string): boolean {
    return OWN_NAMESPACES.includes(name) || this.read(NAMESPACE, name) !== undefined;
  }

  private put(token: string, inputs: Inputs): CreatedResource {
    const resource = this.preview(token, inputs);
    const { naming } = kubernetesType(token);
    const name = textAt(inputs, "metadata.name");
    const faults = [
      ...(naming.pattern.test(name) ? [] : [`the name "${name}" must be ${naming.words}`]),
      ...labelFaults(inputs),
      ...selectorFault(inputs),
    ];
    if (faults.length > 0) {
      throw new Refusal(
        "Invalid",
        `${kindOf(token)} ${resource.id}: ${faults.join("; ")}`,
        "kubernetes-object-names",
        "kubernetes-labels",
        "kubernetes-selector",
      );
    }
    this.byKey.set(keyOf(token, resource.id), resource);
    return resource;
  }
}

export function isKubernetesObject(token: string): boolean {
  return token.startsWith("kubernetes:");
}

function kubernetesType(token: string): KubernetesType {
  const type = catalogue[token];
  if (type === undefined) {
    throw new Error(`the emulator does not know ${token}; add it to emulator/kubernetes/kinds.ts`);
  }
  return type;
}

/** Where an object lives; undefined for what lives in no namespace. */
function namespaceOf(token: string, inputs: Inputs): string | undefined {
  if (catalogue[token]?.namespaced === false) return undefined;
  return textAt(inputs, "metadata.namespace") || "default";
}

function kindOf(token: string): string {
  return token.split(":").at(-1) ?? token;
}

function keyOf(token: string, id: string): string {
  return `${token}::${id}`;
}
