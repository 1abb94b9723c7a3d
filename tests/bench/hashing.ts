import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { ENDPOINT_DIRECTORY, sandboxSettings } from "../stacks";
import { evaluated } from "./evaluation";
import { median, ratios, spreadText, type BenchOptions, type Section } from "./section";

/** Processor time of a preview whose five deployments share one large model, relative to reading that file once. */

const PROJECT = join(__dirname, "..", "..");
const DEPLOYMENTS = 5;
const MEGABYTES = 1024;

export function hashingSection({ rounds, old }: BenchOptions): Section {
  const folder = mkdtempSync(join(tmpdir(), "bench-hashing-"));
  const cache = process.env["XDG_CACHE_HOME"];
  try {
    const settings = settingsFile(folder);
    const model = join(folder, "model.bin");
    const names = ["first preview", "unchanged file", ...(old === undefined ? [] : ["old commit"])];
    const taken = new Map(names.map((name) => [name, [] as number[]]));
    const once: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      console.error(`hashing, round ${round} of ${rounds} …`);
      truncateSync(model, 0);
      const bare = (checkout: string) => evaluated(checkout, "sandbox", settings).processor;
      process.env["XDG_CACHE_HOME"] = mkdtempSync(join(folder, "cache-"));
      const small = { now: bare(PROJECT), old: old === undefined ? NaN : bare(resolve(old)) };
      truncateSync(model, MEGABYTES * 2 ** 20);
      once.push(onePass());
      taken.get("first preview")?.push(bare(PROJECT) - small.now);
      taken.get("unchanged file")?.push(bare(PROJECT) - small.now);
      if (old !== undefined) taken.get("old commit")?.push(bare(resolve(old)) - small.old);
    }
    return {
      id: "hashing",
      title: `${DEPLOYMENTS} deployments with one model of ${MEGABYTES} MB, ${rounds} rounds`,
      rows: [
        ["", "CPU s more than with an empty file", "× one pass over the file"],
        ...names.map((name) => {
          const values = taken.get(name) ?? [];
          return [name, (median(values) / 1000).toFixed(2), spreadText(ratios(values, once))];
        }),
      ],
    };
  } finally {
    if (cache === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = cache;
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of processor time for as many bytes, from memory. */
function onePass(): number {
  const chunk = Buffer.alloc(2 ** 20);
  const hash = createHash("sha256");
  const before = process.cpuUsage();
  for (let index = 0; index < MEGABYTES; index++) hash.update(chunk);
  hash.digest("hex");
  const { user, system } = process.cpuUsage(before);
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
