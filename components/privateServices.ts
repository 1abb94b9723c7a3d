import * as pulumi from "@pulumi/pulumi";
import type { ProductionNames } from "../config/names";
import type { PrivateService } from "../config/production/productionTypes";
import { FeatureStorage } from "./featureStorage";
import { KeyVault } from "./keyVault";
import type { PrivateDns } from "./privateDns";
import { privateEndpoint } from "./privateEndpoint";
import { Registry } from "./registry";

export interface PrivateServicesArgs {
  readonly names: Pick<ProductionNames, "registry" | "keyVault" | "storageAccount">;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tenantId: string;
  readonly logAnalyticsId: pulumi.Input<string>;
  /** Subnet of the private endpoints. */
  readonly subnetId: pulumi.Input<string>;
  readonly zoneIds: PrivateDns<PrivateService>["zoneIds"];
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

/** Registry, vault and feature storage, which nobody reaches but through a private endpoint. */
export class PrivateServices extends pulumi.ComponentResource {
  readonly registry: Registry;
  readonly vault: KeyVault;
  readonly features: FeatureStorage;
  /** Ready when all of them can be reached by name. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: PrivateServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:privateServices:PrivateServices", name, {}, opts);
    const { names, resourceGroupName, location, tags, logAnalyticsId, protect } = args;
    const place = { resourceGroupName, location, tags };
    const common = { ...place, logAnalyticsId, protect };
    this.registry = new Registry(
      "registry",
      { ...common, registryName: names.registry, access: "private" },
      { parent: this },
    );
    this.vault = new KeyVault(
      "key-vault",
      { ...common, vaultName: names.keyVault, tenantId: args.tenantId, access: "private" },
      { parent: this },
    );
    this.features = new FeatureStorage(
      "features",
      { ...common, accountName: names.storageAccount },
      { parent: this },
    );
    const services = [
      { groupId: "registry", service: this.registry, serviceName: names.registry },
      { groupId: "vault", service: this.vault, serviceName: names.keyVault },
      { groupId: "blob", service: this.features, serviceName: names.storageAccount },
      { groupId: "dfs", service: this.features, serviceName: names.storageAccount },
    ] as const;
    this.ready = services.flatMap(({ groupId, service, serviceName }) =>
      privateEndpoint(
        `${groupId}-endpoint`,
        {
          ...place,
          groupId,
          serviceName,
          serviceId: service.id,
          subnetId: args.subnetId,
          zoneIds: [args.zoneIds[groupId]],
        },
        { parent: service },
      ),
    );
    this.registerOutputs();
  }
}
