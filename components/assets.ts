import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import * as storage from "@pulumi/azure-native/storage";
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
import { nameWhenMade } from "./known";
import { grantRole } from "./roles";

export interface AssetsArgs {
  readonly subscriptionId: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly workspaceId: pulumi.Input<string>;
  readonly workspaceName: pulumi.Input<string>;
  readonly storageAccountName: pulumi.Input<string>;
  /** Who uploads: they may write the container, nobody else. */
  readonly deployers: readonly {
    readonly objectId: string;
    readonly principalType: "User" | "Group" | "ServicePrincipal";
  }[];
  readonly deployments: readonly OnlineDeploymentDefinition[];
}

const CONTAINER = "assets";

/**
 * Code, models and environments as immutable versions in the workspace, their bytes as blobs in a container of its
 * own behind an identity-based datastore.
 *
 * A version is never changed: changed bytes are another version, hence logical names that carry it. The old one goes
 * away only when nothing needs it, since Pulumi deletes at the end of an update and every deployment depends on its
 * versions. (Azure re-images instances from a version long after the deployment was made, so it must outlive every
 * deployment that names it: Azure ML, concept of online endpoints.)
 */
export class Assets extends pulumi.ComponentResource {
  /** Resource id of the container that an endpoint's identity has to read. */
  readonly containerId: pulumi.Output<string>;
  /** Ids of what each deployment runs, by the deployment's name. */
  readonly byDeployment: ReadonlyMap<string, DeploymentAssets>;
  private readonly containerName: pulumi.Output<string>;
  private readonly datastoreName: pulumi.Output<string>;
  private readonly uploadsAfter: pulumi.Resource[];
  private readonly versions = new Map<string, pulumi.CustomResource>();

  constructor(
    name: string,
    private readonly args: AssetsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlscore:assets:Assets", name, {}, opts);
    const container = new storage.BlobContainer(
      `${name}-container`,
      {
        containerName: CONTAINER,
        accountName: args.storageAccountName,
        resourceGroupName: args.resourceGroupName,
        publicAccess: "None",
      },
      { parent: this },
    );
    this.containerId = container.id;
    this.containerName = nameWhenMade(container, CONTAINER);
    const datastore = new machinelearningservices.Datastore(
      `${name}-datastore`,
      {
        name: CONTAINER,
        resourceGroupName: args.resourceGroupName,
        workspaceName: args.workspaceName,
        properties: {
          datastoreType: "AzureBlob",
          accountName: args.storageAccountName,
          containerName: this.containerName,
          credentials: { credentialsType: "None" },
          serviceDataAccessAuthIdentity: "WorkspaceSystemAssignedIdentity",
        },
      },
      { parent: this },
    );
    this.datastoreName = nameWhenMade(datastore, CONTAINER);
    const grants = args.deployers.map((deployer) =>
      grantRole(
        `${name}-deployer-${deployer.objectId}`,
        {
          role: "Storage Blob Data Contributor",
          principalId: deployer.objectId,
          principalType: deployer.principalType,
          scope: this.containerId,
          subscriptionId: args.subscriptionId,
        },
        { parent: this },
      ),
    );
    // A grant takes some minutes to be felt by storage; making the workspace takes as long, so uploads wait for both.
    this.uploadsAfter = [...grants, datastore];
    this.byDeployment = new Map(
      args.deployments.map((deployment) => [deployment.name, this.declare(deployment)]),
    );
    this.registerOutputs({ containerId: this.containerId });
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
      const { resourceGroupName } = this.args;
      return new machinelearningservices.CodeVersion(
        name,
        {
          ...this.place(code),
          resourceGroupName,
          properties: {
            // Always the folder: Azure refuses the URI of a single file.
            codeUri: this.folderUrl(folder),
            properties: { hash_sha256: code.contentHash },
          },
        },
        opts,
      );
    });
  }

  /** ARM id of the model's version, or the id that the YAML named. */
  private model(model: LocalModel | AssetReference): pulumi.Output<string> {
    if (model.kind !== "local") return this.referenceId("models", model);
    const { subscriptionId, resourceGroupName, workspaceName } = this.args;
    return this.version("model", model, (name, folder, opts) => {
      // The last part of the path is what appears below AZUREML_MODEL_DIR: the file, or the folder by its own name.
      const entry = modelEntry(model);
      return new machinelearningservices.ModelVersion(
        name,
        {
          ...this.place(model),
          resourceGroupName,
          properties: {
            modelUri: pulumi.interpolate`azureml://subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/workspaces/${workspaceName}/datastores/${this.datastoreName}/paths/${folder}/${entry}`,
            modelType: model.modelType,
            properties: { hash_sha256: model.contentHash },
            ...(model.description === undefined ? {} : { description: model.description }),
            tags: model.tags,
          },
        },
        opts,
      );
    });
  }

  /** ARM id of the environment's version, or the id that the YAML named. */
  private environment(environment: InlineEnvironment | AssetReference): pulumi.Output<string> {
    if (environment.kind !== "inline") return this.referenceId("environments", environment);
    return this.once("environment", environment, () => {
      const context = environment.buildContext;
      const { uploads, folder } =
        context === undefined ? { uploads: [], folder: "" } : this.upload("environment", context);
      const { image, condaFile, inferenceConfig, description, tags } = environment;
      return new machinelearningservices.EnvironmentVersion(
        `${environment.name}-${environment.version}`,
        {
          ...this.place(environment),
          resourceGroupName: this.args.resourceGroupName,
          properties: {
            osType: "Linux",
            ...(image === undefined ? {} : { image }),
            ...(condaFile === undefined ? {} : { condaFile }),
            ...(inferenceConfig === undefined ? {} : { inferenceConfig }),
            ...(context === undefined
              ? {}
              : {
                  build: {
                    contextUri: this.folderUrl(`${folder}/`),
                    dockerfilePath: context.dockerfilePath,
                  },
                }),
            ...(description === undefined ? {} : { description }),
            tags,
          },
        },
        { parent: this, dependsOn: uploads },
      );
    });
  }

  /** ARM id of the data asset that a collection writes to. */
  private collectedData(data: CollectedData): pulumi.Output<string> {
    return this.once("data", data, () => {
      const args = {
        ...this.place(data),
        resourceGroupName: this.args.resourceGroupName,
        properties: { dataType: "uri_folder", dataUri: data.path } as const,
      };
      const name = `${data.name}-${data.version}`;
      return new machinelearningservices.DataVersion(name, args, { parent: this });
    });
  }

  /** A version with its bytes uploaded before it. */
  private version(
    kind: "code" | "model",
    asset: LocalAsset,
    make: (
      name: string,
      folder: string,
      opts: pulumi.CustomResourceOptions,
    ) => pulumi.CustomResource,
  ): pulumi.Output<string> {
    return this.once(kind, asset, () => {
      const { uploads, folder } = this.upload(kind, asset);
      return make(`${asset.name}-${asset.version}`, folder, { parent: this, dependsOn: uploads });
    });
  }

  /** Makes a version once, however many deployments use it. */
  private once(
    kind: string,
    { name, version }: { readonly name: string; readonly version: string },
    make: () => pulumi.CustomResource,
  ): pulumi.Output<string> {
    const key = `${kind}/${name}/${version}`;
    const made = this.versions.get(key) ?? make();
    this.versions.set(key, made);
    return made.id;
  }

  /** One blob a file, below a folder that the content names. */
  private upload(
    kind: "code" | "model" | "environment",
    asset: LocalAsset,
  ): { uploads: pulumi.Resource[]; folder: string } {
    // Not the version: where the YAML fixes that, changed bytes must still get a place of their own.
    const folder = `${kind}/${asset.name}/${asset.contentHash.slice(0, 16)}`;
    const uploads = asset.files.map(
      (file) =>
        new storage.Blob(
          `${folder}/${file.path}`,
          {
            blobName: `${folder}/${file.path}`,
            accountName: this.args.storageAccountName,
            containerName: this.containerName,
            resourceGroupName: this.args.resourceGroupName,
            type: "Block",
            source: new pulumi.asset.FileAsset(file.source),
          },
          { parent: this, dependsOn: this.uploadsAfter },
        ),
    );
    return { uploads, folder };
  }

  /** In Azure's public cloud; the national clouds have other hosts. */
  private folderUrl(folder: string): pulumi.Output<string> {
    return pulumi.interpolate`https://${this.args.storageAccountName}.blob.core.windows.net/${this.containerName}/${folder}`;
  }

  private place(asset: { readonly name: string; readonly version: string }) {
    return {
      name: asset.name,
      version: asset.version,
      workspaceName: this.args.workspaceName,
    };
  }

  private referenceId(
    collection: "codes" | "models" | "environments",
    reference: AssetReference,
  ): pulumi.Output<string> {
    return reference.kind === "id"
      ? pulumi.output(reference.id)
      : pulumi.interpolate`${this.args.workspaceId}/${collection}/${reference.name}/versions/${reference.version}`;
  }
}

/** First part of the paths of a model: the file itself, or the folder that all files are in. */
export function modelEntry(model: LocalAsset): string {
  const path = model.files[0]?.path ?? "";
  return model.shape === "file" ? path : (path.split("/")[0] ?? "");
}
