import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { runOnEmulator } from "../../emulator/onEmulator";
import { UserError } from "../../errors";
import { readStackSettings } from "../../graph/settings";
import { printError } from "../../output";
import { azure, type Arm, ArmError } from "../../traffic/arm";
import { buildOnce } from "../endpoint";
import { cacheDirectory } from "../../projectDirectory";
import { blobsOf, downloadBlobs, type OpenContainer, openWithIdentity } from "./modelBlobs";
import { nameAndVersion, referenceOf, workspaceOf } from "./reference";

/** What is asked; tests answer themselves. */
export interface AzureClients {
  readonly arm: (subscriptionId: string) => Promise<Arm>;
  readonly openContainer: OpenContainer;
  /** ARM id of a stack's workspace. */
  readonly workspaceOf: (stack: string) => Promise<string>;
}

const AZURE: AzureClients = {
  arm: (subscriptionId) => azure({ subscriptionId }),
  openContainer: openWithIdentity,
  workspaceOf: workspaceOfStack,
};

/** ARM's shape of a model version, as far as it is read. */
interface ModelVersion {
  readonly properties?: { readonly modelUri?: string };
}

/** Of a model: its newest version is what `@latest` stands for (reference-yaml-core-syntax). */
interface ModelContainer {
  readonly properties?: { readonly latestVersion?: string };
}

/**
 * Downloads a model of a workspace once: the folder gets its mark only when every file is there and has the checksum that
 * storage keeps of it, so that a command that was ended leaves nothing that is mistaken for the model.
 *
 * @returns path of the model's file or folder, below the user's cache
 * @throws UserError when it is in no workspace, does not exist, may not be read or arrives damaged
 */
export async function fetchModel(
  stack: string,
  typed: string,
  clients: AzureClients = AZURE,
  cache = cacheDirectory(),
): Promise<string> {
  const reference = referenceOf(typed, "model");
  if (/^(?:azureml:\/\/|runs:)/.test(reference)) {
    throw new UserError(
      `${reference} is in no workspace, and only models of a workspace are fetched here. ` +
        `Download it with the Azure CLI, then run: npm run local -- model add ${reference} PATH`,
    );
  }
  try {
    return await fetched(await idOf(reference, stack, clients), clients, cache);
  } catch (error) {
    if (error instanceof ArmError) throw new UserError(`${reference}: ${error.message}`);
    throw error;
  }
}

async function idOf(reference: string, stack: string, clients: AzureClients): Promise<string> {
  if (reference.startsWith("/")) return reference;
  const workspace = await clients.workspaceOf(stack);
  const [name = "", pin = ""] = reference.split(/[:@]/);
  const kind = reference.includes("@") ? "labels" : "versions";
  return `${workspace}/models/${name}/${kind}/${pin}`;
}

async function fetched(id: string, clients: AzureClients, cache: string): Promise<string> {
  const [, subscriptionId = ""] = /^\/subscriptions\/([^/]+)\//i.exec(id) ?? [];
  const arm = await clients.arm(subscriptionId);
  const pinned = await pinnedId(id, arm);
  const version = await arm.get<ModelVersion>(pinned);
  const uri = version?.body.properties?.modelUri;
  if (uri === undefined) throw new UserError(`There is no model ${pinned}.`);
  const blobs = await blobsOf(uri, pinned, arm, (place) =>
    clients.openContainer(place, subscriptionId),
  );

  const folder = join(cache, "models");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = createHash("sha256").update(pinned.toLowerCase()).update(uri).digest("hex");
  const directory = join(folder, key.slice(0, 20));
  const pathIn = (build: string) => join(build, "files", blobs.entry);
  const built = await buildOnce(
    directory,
    async (target) => {
      const { name, version: number } = nameAndVersion(pinned);
      printError(`downloading ${name}:${number}, ${blobs.files.length} files …`);
      await downloadBlobs(blobs, join(target, "files"));
    },
    { isUsable: (build) => existsSync(pathIn(build)) },
  );
  await built.release();
  // By the link's name, which stays the same.
  return pathIn(directory);
}

async function pinnedId(id: string, arm: Arm): Promise<string> {
  const [, container, label] = /^(.+)\/labels\/([^/]+)$/i.exec(id) ?? [];
  if (container === undefined) return id;
  if (label !== "latest") {
    throw new UserError(`${id}: of labels, only latest is followed here; write the version.`);
  }
  const latest = (await arm.get<ModelContainer>(container))?.body.properties?.latestVersion;
  if (latest === undefined) throw new UserError(`There is no model ${basename(container)}.`);
  return `${container}/versions/${latest}`;
}

async function workspaceOfStack(stack: string): Promise<string> {
  const run = await runOnEmulator(stack, readStackSettings(stack), [], {}, true);
  const endpoint = [...run.created.values()].find(({ token }) => token.endsWith(":OnlineEndpoint"));
  if (endpoint === undefined) {
    throw new UserError(`Stack ${stack} has no workspace; write the model's whole id.`);
  }
  return workspaceOf(endpoint.id);
}
