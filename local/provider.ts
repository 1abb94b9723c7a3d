import { version as azureNativeVersion } from "@pulumi/azure-native/package.json";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { lock } from "proper-lockfile";
import { standInCall } from "./azure/calls";
import {
  AzureWorld,
  azureType,
  changedImmutables,
  changedInputs,
  type AzureResource,
  type AzureSettings,
} from "./azure/world";
import { fingerprint, plainInputs } from "./values";

/**
 * The stand-in's catalogue as a Pulumi provider plug-in, so that the real engine previews and updates whole stacks
 * with no Azure: as `pulumi-resource-azure-native` for Azure's resources and as `pulumi-resource-pulumi-nodejs` for
 * the traffic. Both processes share one memory, the file named by MLSCORE_STAND_IN.
 *
 * Node's provider server does not announce previews, so during one every output is unknown, as with a real first run.
 */

interface Memory {
  readonly settings: AzureSettings;
  readonly resources: readonly AzureResource[];
}

const file = process.env["MLSCORE_STAND_IN"] ?? "";

/** Lets the work see and change the stand-in's memory while nobody else does. */
async function withWorld<T>(work: (world: AzureWorld) => T): Promise<T> {
  const release = await lock(file, { retries: { retries: 200, minTimeout: 5, maxTimeout: 50 } });
  try {
    const memory = JSON.parse(readFileSync(file, "utf8")) as Memory;
    const world = new AzureWorld(memory.settings, memory.resources);
    const result = work(world);
    const next: Memory = { settings: memory.settings, resources: world.list() };
    writeFileSync(`${file}.next`, JSON.stringify(next));
    renameSync(`${file}.next`, file);
    return result;
  } finally {
    await release();
  }
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

const provider: pulumi.provider.Provider = {
  // The engine wants the version of the SDK that the program uses.
  version: azureNativeVersion,
  diff: async (id, urn, _olds, news: Record<string, unknown>) => {
    const before = await withWorld((world) => world.read(id));
    const after = plainInputs(news, fingerprint);
    const type = azureType(typeOf(urn));
    const changes = changedInputs(type, before?.inputs ?? {}, after);
    const replaces = changedImmutables(type, before?.inputs ?? {}, after);
    return { changes: changes.length > 0, replaces, deleteBeforeReplace: true };
  },
  create: async (urn, inputs: Record<string, unknown>) => {
    const made = await withWorld((world) =>
      world.create(typeOf(urn), plainInputs(inputs, fingerprint)),
    );
    return { id: made.id, outs: made.outputs };
  },
  read: async (id, _urn, _props) => {
    const found = await withWorld((world) => world.read(id));
    return found === undefined ? {} : { id, props: found.outputs, inputs: found.inputs };
  },
  update: async (id, urn, _olds, news: Record<string, unknown>) => {
    const made = await withWorld((world) =>
      world.update(id, typeOf(urn), plainInputs(news, fingerprint)),
    );
    return { outs: made.outputs };
  },
  delete: (id) =>
    withWorld((world) => {
      world.delete(id);
    }),
  invoke: async (token, inputs: Record<string, unknown>) => ({
    outputs: await withWorld((world) => standInCall(token, inputs, world)),
  }),
};

if (!existsSync(file)) {
  throw new Error("MLSCORE_STAND_IN must name the stand-in's memory file");
}
void pulumi.provider.main(provider, process.argv.slice(2));
