import { azureAsResourceStore } from "./azure/asResourceStore";
import type { Inputs } from "../graph/paths";
import { AzureStore } from "./azure/azureStore";
import type { AzureSettings } from "./azure/typeRules";
import { ClientStore, isOfClient } from "./clientStore";
import { isKubernetesObject, KubernetesStore } from "./kubernetes/kubernetesStore";
import type { CreatedResource } from "../graph/graph";
import type { ResourceStore } from "./resourceStore";

/** Whether a resource is Azure's business: a resource of ARM, or data that one holds. */
export function isAzureResource(token: string): boolean {
  return !isKubernetesObject(token) && !isOfClient(token);
}

/** The whole memory of the emulator: each resource in the part that its token names. */
export class EmulatorStore implements ResourceStore {
  readonly azure: AzureStore;
  private readonly azurePart: ResourceStore;
  private readonly kubernetes: KubernetesStore;
  private readonly client: ClientStore;

  constructor(settings: AzureSettings, existing: readonly CreatedResource[] = []) {
    const of = (belongs: (token: string) => boolean) =>
      existing.filter(({ token }) => belongs(token));
    this.azure = new AzureStore(settings, of(isAzureResource));
    this.azurePart = azureAsResourceStore(this.azure);
    this.kubernetes = new KubernetesStore(of(isKubernetesObject));
    this.client = new ClientStore(of(isOfClient));
  }

  create(token: string, inputs: Inputs): CreatedResource {
    return this.part(token).create(token, inputs);
  }

  update(token: string, id: string, inputs: Inputs): CreatedResource {
    return this.part(token).update(token, id, inputs);
  }

  read(token: string, id: string): CreatedResource | undefined {
    return this.part(token).read(token, id);
  }

  delete(token: string, id: string): void {
    this.part(token).delete(token, id);
  }

  list(): CreatedResource[] {
    return [this.azurePart, this.kubernetes, this.client].flatMap((part) => part.list());
  }

  preview(token: string, inputs: Inputs, id?: string): CreatedResource {
    return this.part(token).preview(token, inputs, id);
  }

  changedInputs(token: string, olds: Inputs, news: Inputs): string[] {
    return this.part(token).changedInputs(token, olds, news);
  }

  changedImmutables(token: string, olds: Inputs, news: Inputs): string[] {
    return this.part(token).changedImmutables(token, olds, news);
  }

  computed(token: string, inputs: Inputs): string[] {
    return this.part(token).computed(token, inputs);
  }

  private part(token: string): ResourceStore {
    if (isKubernetesObject(token)) return this.kubernetes;
    return isOfClient(token) ? this.client : this.azurePart;
  }
}
