import { createHash } from "node:crypto";
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { ENDPOINT_DIRECTORY, sandboxSettings } from "../stacks";
import { evaluated } from "./evaluation";
import { median, ratios, spreadText, type BenchOptions, type Section } from "./section";

/** Processor time of a preview whose five deployments share one large model, relative to reading that file once. */

const PROJECT = join(__dirname, "..", "..");
const DEPLOYMENTS = 5;
const MEGABYTES = 1024;
/** The hash of a file that was changed less than two seconds ago is not kept (config/azureml/fileHashes.ts). */
const SETTLED_MS = 2_500;

export async function hashingSection({ rounds, old }: BenchOptions): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), "bench-hashing-"));
  try {
    const settings = settingsFile(folder);
    const model = join(folder, "model.bin");
    const [first, unchanged, before]: number[][] = [[], [], []];
    const once: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      console.error(`hashing, round ${round} of ${rounds} …`);
      const cache = mkdtempSync(join(folder, "cache-"));
      const processor = (checkout: string) =>
        evaluated(checkout, "sandbox", settings, cache).processor;
      truncateSync(model, 0);
      const empty = processor(PROJECT);
      const emptyBefore = old === undefined ? NaN : processor(resolve(old));
      truncateSync(model, MEGABYTES * 2 ** 20);
      // The file is in memory afterwards, for all who read it next.
      once.push(onePass(model));
      await sleep(SETTLED_MS);
      first?.push(processor(PROJECT) - empty);
      unchanged?.push(processor(PROJECT) - empty);
      if (old !== undefined) before?.push(processor(resolve(old)) - emptyBefore);
    }
    const row = (name: string, values: readonly number[] = []) => [
      ...[name, (median(values) / 1000).toFixed(2)],
      spreadText(ratios(values, once)),
    ];
    return {
      id: "hashing",
      title: `${DEPLOYMENTS} deployments with one model of ${MEGABYTES} MB, ${rounds} rounds`,
      rows: [
        ["", "CPU s more than with an empty file", "× one pass over the file"],
        ...[row("first preview", first), row("unchanged file", unchanged)],
        ...(old === undefined ? [] : [row("old commit", before)]),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of processor time to read a file and hash it. */
function onePass(file: string): number {
  const descriptor = openSync(file, "r");
  const chunk = Buffer.alloc(2 ** 19);
  // Into memory first.
  while (readSync(descriptor, chunk) > 0);
  const hash = createHash("sha256");
  const before = process.cpuUsage();
  for (let at = 0, count = 1; count > 0; at += count) {
    count = readSync(descriptor, chunk, 0, chunk.length, at);
    hash.update(chunk.subarray(0, count));
  }
  hash.digest("hex");
  const { user, system } = process.cpuUsage(before);
  closeSync(descriptor);
  return (user + system) / 1000;
}

/** Settings of a sandbox whose deployments all have the model `model.bin` in this folder. */
function settingsFile(folder: string): string {
  const read = (name: string) =>
    parse(readFileSync(join(ENDPOINT_DIRECTORY, name), "utf8")) as object;
  const write = (name: string, document: object) => {
    writeFileSync(join(folder, name), stringify(document));
  };
  cpSync(join(ENDPOINT_DIRECTORY, "code"), join(folder, "code"), { recursive: true });
  cpSync(join(ENDPOINT_DIRECTORY, "conda.yml"), join(folder, "conda.yml"));
  write("endpoint.yml", { ...read("endpoint.yml"), traffic: { "shared-1": 100 } });
  for (let number = 1; number <= DEPLOYMENTS; number++) {
    const name = `shared-${number}`;
    write(`${name}.yml`, { ...read("green.yml"), name, model: { path: "model.bin" } });
  }
  writeFileSync(join(folder, "model.bin"), "");
  const file = join(folder, "settings.json");
  writeFileSync(file, JSON.stringify(sandboxSettings({ endpointDirectory: folder })));
  return file;
}
