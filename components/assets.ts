import * as pulumi from "@pulumi/pulumi";
import type {
  AssetReference,
  CollectedData,
  InlineEnvironment,
  LocalAsset,
  LocalModel,
  OnlineDeploymentDefinition,
} from "../config/types";
import type { DeploymentAssets } from "./onlineDeployment";
import { assetStorage, type AssetStorageArgs } from "./assetStorage";
import { AssetUpload } from "./assetUpload";
import { AssetVersion } from "./assetVersion";
import {
  codeProperties,
  contentName,
  dataProperties,
  environmentProperties,
  modelEntry,
  modelProperties,
  versionKey,
} from "./assetVersions";

export interface AssetsArgs extends AssetStorageArgs {
  readonly deployments: readonly OnlineDeploymentDefinition[];
}

/**
 * Code, models and environments as immutable versions in the workspace, their bytes as blobs in a container of its
 * own behind an identity-based datastore.
 *
 * A version is never changed: changed bytes are another version, hence logical names that carry it. The old one is
 * archived only when nothing needs it, since Pulumi deletes at the end of an update and every deployment depends on its
 * versions. (Azure re-images instances from a version long after the deployment was created, so it must outlive every
 * deployment that names it: Azure ML, concept of online endpoints.)
 */
export class Assets extends pulumi.ComponentResource {
  /** Resource id of the container. */
  readonly containerId: pulumi.Output<string>;
  /** Ids of what each deployment runs, by the deployment's name. */
  readonly byDeployment: ReadonlyMap<string, DeploymentAssets>;
  private readonly containerName: pulumi.Output<string>;
  private readonly datastoreName: pulumi.Output<string>;
  private readonly uploadsAfter: pulumi.Resource[];
  private readonly versions = new Map<string, AssetVersion>();
  private readonly uploads = new Map<string, AssetUpload>();

  constructor(
    name: string,
    private readonly args: AssetsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlscore:assets:Assets", name, {}, opts);
    const stored = assetStorage(name, args, this);
    this.containerId = stored.containerId;
    this.containerName = stored.containerName;
    this.datastoreName = stored.datastoreName;
    this.uploadsAfter = stored.uploadsAfter;
    this.byDeployment = new Map(
      args.deployments.map((deployment) => [deployment.name, this.declare(deployment)]),
    );
    this.registerOutputs({ containerId: this.containerId });
  }

  /**
   * When the newest of a deployment's own versions was registered (ARM's `systemData.createdAt`, ISO 8601): as long as
   * that has this very release been here. Undefined for one that names registered assets only.
   */
  registeredAt(deployment: OnlineDeploymentDefinition): pulumi.Output<string | undefined> {
    const { model, environment, codeConfiguration } = deployment;
    const own = [
      codeConfiguration?.code.kind === "local" ? versionKey("code", codeConfiguration.code) : "",
      model?.kind === "local" ? versionKey("model", model) : "",
      environment?.kind === "inline" ? versionKey("environment", environment) : "",
    ].flatMap((key) => this.versions.get(key) ?? []);
    return pulumi
      .all(own.map(({ systemData }) => systemData.apply((data) => data?.createdAt ?? "")))
      .apply((dates) => dates.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) || undefined);
  }

  private declare(deployment: OnlineDeploymentDefinition): DeploymentAssets {
    const { model, environment, codeConfiguration } = deployment;
    return {
      ...(model === undefined ? {} : { model: this.model(model) }),
      ...(environment === undefined ? {} : { environmentId: this.environment(environment) }),
      ...(codeConfiguration === undefined ? {} : { codeId: this.code(codeConfiguration.code) }),
      collectedDataIds: new Map(
        Object.entries(deployment.dataCollector?.collections ?? {}).flatMap(([name, { data }]) =>
          data === undefined ? [] : [[name, this.collectedData(data)] as const],
        ),
      ),
    };
  }

  /** ARM id of the code's version. */
  private code(code: LocalAsset | AssetReference): pulumi.Output<string> {
    if (code.kind !== "local") return this.referenceId("codes", code);
    return this.version("code", code, (name, folder, opts) => {
      const properties = codeProperties(code, this.folderUrl(folder));
      return new AssetVersion("CodeVersion", name, { ...this.place(code), properties }, opts);
    });
  }

  /** ARM id of the model's version, or the id that the YAML named. */
  private model(model: LocalModel | AssetReference): pulumi.Output<string> {
    if (model.kind !== "local") return this.referenceId("models", model);
    const { subscriptionId, workspace } = this.args;
    return this.version("model", model, (name, folder, opts) => {
      // The last part of the path is what appears below AZUREML_MODEL_DIR: the file, or the folder by its own name.
      const entry = modelEntry(model);
      const modelUri = pulumi.interpolate`azureml://subscriptions/${subscriptionId}/resourceGroups/${workspace.resourceGroupName}/workspaces/${workspace.name}/datastores/${this.datastoreName}/paths/${folder}/${entry}`;
      const properties = modelProperties(model, modelUri);
      return new AssetVersion("ModelVersion", name, { ...this.place(model), properties }, opts);
    });
  }

  /** ARM id of the environment's version, or the id that the YAML named. */
  private environment(environment: InlineEnvironment | AssetReference): pulumi.Output<string> {
    if (environment.kind !== "inline") return this.referenceId("environments", environment);
    return this.once("environment", environment, () => {
      const context = environment.buildContext;
      const uploaded = context === undefined ? undefined : this.upload("environment", context);
      const contextUri = uploaded === undefined ? undefined : this.folderUrl(`${uploaded.folder}/`);
      return new AssetVersion(
        "EnvironmentVersion",
        contentName(environment),
        {
          ...this.place(environment),
          properties: environmentProperties(environment, contextUri),
        },
        { parent: this, dependsOn: uploaded === undefined ? [] : [uploaded.upload] },
      );
    });
  }

  /** ARM id of the data asset that a collection writes to. */
  private collectedData(data: CollectedData): pulumi.Output<string> {
    return this.once("data", data, () => {
      const args = { ...this.place(data), properties: dataProperties(data) };
      return new AssetVersion("DataVersion", `${data.name}-${data.version}`, args, {
        parent: this,
      });
    });
  }

  /** A version with its bytes uploaded before it. */
  private version(
    kind: "code" | "model",
    asset: LocalAsset,
    make: (name: string, folder: string, opts: pulumi.CustomResourceOptions) => AssetVersion,
  ): pulumi.Output<string> {
    return this.once(kind, asset, () => {
      const { upload, folder } = this.upload(kind, asset);
      return make(contentName(asset), folder, { parent: this, dependsOn: upload });
    });
  }

  /** Makes a version once, however many deployments use it. */
  private once(
    kind: string,
    asset: { readonly name: string; readonly version: string },
    make: () => AssetVersion,
  ): pulumi.Output<string> {
    const key = versionKey(kind, asset);
    const created = this.versions.get(key) ?? make();
    this.versions.set(key, created);
    return created.id;
  }

  /** The asset's files below a folder that the content names; once, however many versions point there. */
  private upload(
    kind: "code" | "model" | "environment",
    asset: LocalAsset,
  ): { upload: pulumi.Resource; folder: string } {
    // Not the version: where the YAML fixes that, changed bytes must still get a place of their own.
    const folder = `${kind}/${contentName(asset)}`;
    const upload =
      this.uploads.get(folder) ??
      new AssetUpload(
        folder,
        {
          subscriptionId: this.args.subscriptionId,
          resourceGroupName: this.args.workspace.storageResourceGroupName,
          accountName: this.args.workspace.storageAccountName,
          containerName: this.containerName,
          folder,
          files: asset.files,
        },
        { parent: this, dependsOn: this.uploadsAfter },
      );
    this.uploads.set(folder, upload);
    return { upload, folder };
  }

  /** In Azure's public cloud; the national clouds have other hosts. */
  private folderUrl(folder: string): pulumi.Output<string> {
    return pulumi.interpolate`https://${this.args.workspace.storageAccountName}.blob.core.windows.net/${this.containerName}/${folder}`;
  }

  private place(asset: { readonly name: string; readonly version: string }) {
    const { subscriptionId, workspace } = this.args;
    return {
      subscriptionId,
      resourceGroupName: workspace.resourceGroupName,
      workspaceName: workspace.name,
      name: asset.name,
      version: asset.version,
    };
  }

  private referenceId(
    collection: "codes" | "models" | "environments",
    reference: AssetReference,
  ): pulumi.Output<string> {
    if (reference.kind === "id") return pulumi.output(reference.id);
    const pin =
      reference.kind === "label" ? `labels/${reference.label}` : `versions/${reference.version}`;
    return pulumi.interpolate`${this.args.workspace.id}/${collection}/${reference.name}/${pin}`;
  }
}
