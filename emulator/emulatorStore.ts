import { azureAsWorld } from "./azure/asResourceStore";
import type { Inputs } from "./azure/armIds";
import { AzureWorld, type AzureSettings } from "./azure/azureStore";
import { ClientWorld, isOfClient } from "./clientStore";
import { isKubernetesObject, KubernetesWorld } from "./kubernetes/kubernetesStore";
import type { MadeResource, World } from "./resourceStore";

/** Whether a resource is Azure's business: a resource of ARM, or data that one holds. */
export function isAzureResource(token: string): boolean {
  return !isKubernetesObject(token) && !isOfClient(token);
}

/** The whole memory of the emulator: each resource in the part that its token names. */
export class EmulatorStore implements World {
  readonly azure: AzureWorld;
  private readonly azurePart: World;
  private readonly kubernetes: KubernetesWorld;
  private readonly client: ClientWorld;

  constructor(settings: AzureSettings, existing: readonly MadeResource[] = []) {
    const of = (belongs: (token: string) => boolean) =>
      existing.filter(({ token }) => belongs(token));
    this.azure = new AzureWorld(settings, of(isAzureResource));
    this.azurePart = azureAsWorld(this.azure);
    this.kubernetes = new KubernetesWorld(of(isKubernetesObject));
    this.client = new ClientWorld(of(isOfClient));
  }

  create(token: string, inputs: Inputs): MadeResource {
    return this.part(token).create(token, inputs);
  }

  update(token: string, id: string, inputs: Inputs): MadeResource {
    return this.part(token).update(token, id, inputs);
  }

  read(token: string, id: string): MadeResource | undefined {
    return this.part(token).read(token, id);
  }

  delete(token: string, id: string): void {
    this.part(token).delete(token, id);
  }

  list(): MadeResource[] {
    return [this.azurePart, this.kubernetes, this.client].flatMap((part) => part.list());
  }

  imagine(token: string, inputs: Inputs, id?: string): MadeResource {
    return this.part(token).imagine(token, inputs, id);
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

  private part(token: string): World {
    if (isKubernetesObject(token)) return this.kubernetes;
    return isOfClient(token) ? this.client : this.azurePart;
  }
}
