import { posix, relative, sep } from "node:path";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { hostOf } from "../config/production/imageNames";
import type { ImageSource } from "../config/production/productionTypes";
import { buildArguments } from "./imageArguments";

export interface ScoringImageArgs {
  readonly source: ImageSource;
  /** Repository in the registry: the endpoint's name. */
  readonly repository: string;
  /** 64 hex digits; the tag is their beginning. */
  readonly releaseId: string;
  readonly registryName: pulumi.Input<string>;
  /** Host of the registry, made from its name and so known before the registry is there. */
  readonly registryLoginServer: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  /** Where an agent pool's machines lie; only that kind needs it. */
  readonly buildSubnetId?: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Seconds; on two cores the whole build takes about one minute, most of it for packages. */
const BUILD_TIMEOUT_SECONDS = 1800;
const TAG_LENGTH = 16;

/**
 * The scoring image by digest: one that exists, or one built from scoring/Dockerfile.
 *
 * The tag of a built image says which release it is; nothing refers to it. Give `dependsOn` what a push needs: the
 * registry, the network path to it, the right to push.
 */
export class ScoringImage extends pulumi.ComponentResource {
  /** Always `name@sha256:…`. Unknown in the preview of a build. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: ScoringImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:image:ScoringImage", name, {}, opts);
    const childOpts = { parent: this, dependsOn: opts?.dependsOn ?? [] };
    this.reference = this.referenceTo(args.source, name, args, childOpts);
    this.registerOutputs({ reference: this.reference });
  }

  private referenceTo(
    source: ImageSource,
    name: string,
    args: ScoringImageArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Output<string> {
    switch (source.kind) {
      case "digest":
        return pulumi.output(qualifiedReference(source.reference, args.registryLoginServer));
      case "docker":
        return builtHere(`${name}-build`, source, args, opts);
      case "agentPool":
        return builtByAgents(name, source, args, opts);
    }
  }
}

/** `reference` with the registry's host in front if it has none. */
export function qualifiedReference(reference: string, registryLoginServer: string): string {
  return hostOf(reference) === undefined ? `${registryLoginServer}/${reference}` : reference;
}

/**
 * Built and pushed by the Docker engine of the machine that runs the program, with the credentials of its own
 * `az acr login`: none go into the state.
 *
 * Dockerfile and context are relative to the program, where the provider runs: both are inputs, and with absolute
 * paths two machines would see each other's as changes. The provider adds a digest over names, modes and content of
 * the context's files (pulumi-docker, provider.go at 237b7899); where the umask differs, so does it.
 */
function builtHere(
  name: string,
  source: Extract<ImageSource, { kind: "docker" }>,
  args: ScoringImageArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const context = relative(process.cwd(), source.build.context).split(sep).join("/") || ".";
  const image = new docker.Image(
    name,
    {
      imageName: taggedName(args),
      build: {
        context,
        dockerfile: posix.join(context, "Dockerfile"),
        args: buildArguments(source.build, source.baseImage, args.releaseId),
        platform: "linux/amd64",
        builderVersion: docker.BuilderVersion.BuilderBuildKit,
      },
      // A preview changes nothing, and may run where there is no Docker engine.
      buildOnPreview: false,
      skipPush: false,
    },
    opts,
  );
  return image.repoDigest;
}

/**
 * Built inside the network by a machine of the registry's, from a commit.
 *
 * The release has a task run of its own, and another commit alone does not repeat it: a release is built once,
 * unless its base image changes.
 *
 * Not a DockerBuildRequest: ACR Tasks turn BuildKit off unless a step asks for it (acr-builder, builder.go at
 * 90b22f37; Azure/acr issue 721). Known to have failed at the provider's waiting for the end of the run:
 * pulumi-azure-native issue 1713, open.
 */
function builtByAgents(
  name: string,
  source: Extract<ImageSource, { kind: "agentPool" }>,
  args: ScoringImageArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { registryName, resourceGroupName, location, tags, releaseId, repository } = args;
  if (args.buildSubnetId === undefined) {
    throw new Error("An image that an agent pool builds needs the subnet for its machines.");
  }
  const agentPoolName = "build";
  const pool = new containerregistry.AgentPool(
    `${name}-agents`,
    {
      agentPoolName,
      registryName,
      resourceGroupName,
      location,
      count: 1,
      os: "Linux",
      tier: "S1",
      virtualNetworkSubnetResourceId: args.buildSubnetId,
      tags,
    },
    opts,
  );
  const run = new containerregistry.TaskRun(
    `${name}-build-${tag(releaseId)}`,
    {
      taskRunName: `build-${tag(releaseId)}`,
      registryName,
      resourceGroupName,
      location,
      forceUpdateTag: releaseId,
      runRequest: {
        type: "EncodedTaskRunRequest",
        // Waits for the pool: its id is known in previews, its name would not be.
        agentPoolName: pool.id.apply(() => agentPoolName),
        credentials: { sourceRegistry: { loginMode: "Default" } },
        encodedTaskContent: Buffer.from(buildTask(source, args)).toString("base64"),
        platform: { os: "Linux", architecture: "amd64" },
        sourceLocation: source.source,
        timeout: BUILD_TIMEOUT_SECONDS,
      },
    },
    { ...opts, ignoreChanges: ["runRequest.sourceLocation"] },
  );
  return run.runResult.apply((result) => {
    const digest = builtDigest(result, repository);
    return `${args.registryLoginServer}/${repository}@${digest}`;
  });
}

/** The build as a task of ACR Tasks ("ACR Tasks reference: YAML"). */
export function buildTask(
  source: Extract<ImageSource, { kind: "agentPool" }>,
  args: ScoringImageArgs,
): string {
  const image = taggedName(args);
  const options = Object.entries(buildArguments(source.build, source.baseImage, args.releaseId));
  const words = options.flatMap(([key, value]) => ["--build-arg", `${key}=${shellWord(value)}`]);
  return stringify(
    {
      version: "v1.1.0",
      stepTimeout: BUILD_TIMEOUT_SECONDS,
      steps: [
        {
          build: ["--tag", image, "--platform linux/amd64", ...words, "."].join(" "),
          env: ["DOCKER_BUILDKIT=1"],
        },
        { push: [image] },
      ],
    },
    { lineWidth: 0 },
  );
}

/** A task's build is one line for a shell, and is split at blanks whatever the quotes (acr-builder, util/parse.go). */
function shellWord(value: string): string {
  if (/^[\w@%+=:,./-]+$/.test(value)) return value;
  throw new Error(
    `${JSON.stringify(value)} cannot be passed to a build by an agent pool; use letters, digits and @%+=:,./_- only.`,
  );
}

/** Digest of what a task run pushed to `repository`. */
export function builtDigest(
  run: pulumi.Unwrap<containerregistry.TaskRun["runResult"]>,
  repository: string,
): string {
  const image = run.outputImages?.find((built) => built.repository === repository);
  if (image?.digest !== undefined) return image.digest;
  const why = run.runErrorMessage || "it did not push this image";
  throw new Error(
    `The registry's run ${run.runId ?? run.name} (${run.status ?? "no status"}) returned no digest of ${repository}: ${why}. ` +
      `Its log: az acr task logs --run-id ${run.runId ?? run.name}`,
  );
}

function taggedName({ registryLoginServer, repository, releaseId }: ScoringImageArgs): string {
  return `${registryLoginServer}/${repository}:${tag(releaseId)}`;
}

function tag(releaseId: string): string {
  return releaseId.slice(0, TAG_LENGTH);
}
