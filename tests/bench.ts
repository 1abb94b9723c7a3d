import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import Table from "cli-table3";
import { Command } from "commander";

/**
 * Time, processor time and memory of evaluating each stack, as ratios to an empty Pulumi program. Every round runs each candidate once, so
 * that a slow moment of the machine meets all of them; the ratio is taken in each round.
 */

const ROUNDS = 5;
const PROJECT = join(__dirname, "..");
const SCRIPT = join(PROJECT, "tests", "bench", "evaluate.ts");
const TSX = ["--import", join(PROJECT, "node_modules/tsx/dist/loader.mjs")];
// As Pulumi's Node host does by default: ts-node with its type-check.
const TS_NODE = ["--require", join(PROJECT, "node_modules/ts-node/register")];
const TS_NODE_OPTIONS = {
  module: "commonjs",
  moduleResolution: "node10",
  ignoreDeprecations: "6.0",
};

interface Sample {
  readonly milliseconds: number;
  readonly processor: number;
  readonly kilobytes: number;
}

interface Candidate {
  readonly name: string;
  readonly loader: readonly string[];
  readonly stack: string;
  readonly checkout: string;
}

const EMPTY = "empty program";

function candidates(beside: string | undefined): Candidate[] {
  const of = (checkout: string, note: string) =>
    ["sandbox", "production"].map((stack) => {
      // As Pulumi.yaml of that checkout names it.
      const lazy = join(checkout, "lazyModules.mjs");
      const loader = existsSync(lazy) ? [...TSX, "--import", lazy] : TSX;
      return { name: `${stack}${note}`, loader, stack, checkout };
    });
  return [
    { name: EMPTY, loader: TSX, stack: "empty", checkout: PROJECT },
    ...of(PROJECT, ""),
    ...(beside === undefined ? [] : of(resolve(beside), " of the other checkout")),
    { name: "empty, ts-node's default", loader: TS_NODE, stack: "empty", checkout: PROJECT },
  ];
}

function measure({ loader, stack, checkout }: Candidate): Sample {
  const done = spawnSync(process.execPath, [...loader, SCRIPT, stack, checkout], {
    cwd: checkout,
    encoding: "utf8",
    env: { ...process.env, TS_NODE_COMPILER_OPTIONS: JSON.stringify(TS_NODE_OPTIONS) },
  });
  const line = done.stdout.trim().split("\n").at(-1) ?? "";
  if (done.status !== 0 || line === "")
    throw new Error(`evaluating ${stack} failed:\n${done.stderr}`);
  return JSON.parse(line) as Sample;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function run(beside: string | undefined): void {
  const all = candidates(beside);
  const samples = new Map(all.map(({ name }) => [name, [] as Sample[]]));
  for (let round = 1; round <= ROUNDS; round++) {
    console.error(`round ${round} of ${ROUNDS} …`);
    for (const candidate of all) samples.get(candidate.name)?.push(measure(candidate));
  }
  const valuesOf = (name: string, key: keyof Sample) =>
    (samples.get(name) ?? []).map((one) => one[key]);
  const ratio = (name: string, key: keyof Sample) => {
    const empty = valuesOf(EMPTY, key);
    const ratios = valuesOf(name, key).map((value, round) => value / (empty[round] ?? NaN));
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
    return `${median(ratios).toFixed(2)} × (${least.toFixed(2)}–${most.toFixed(2)})`;
  };
  const table = new Table({
    head: ["evaluation", "seconds", "CPU s", "MB", "CPU / empty", "memory / empty"],
    style: { head: [], border: [] },
  });
  for (const { name } of all) {
    table.push([
      name,
      (median(valuesOf(name, "milliseconds")) / 1000).toFixed(2),
      (median(valuesOf(name, "processor")) / 1000).toFixed(2),
      (median(valuesOf(name, "kilobytes")) / 1024).toFixed(0),
      ratio(name, "processor"),
      ratio(name, "kilobytes"),
    ]);
  }
  console.log(`Medians of ${ROUNDS} rounds in one run, ratios of each round with their spread`);
  console.log(table.toString());
}

const command = new Command("npm run bench --")
  .description(
    "Prints time, processor time and memory of evaluating each stack, as ratios to an empty Pulumi program.",
  )
  .option("--beside <dir>", "another checkout of the project, evaluated in the same rounds")
  .allowExcessArguments(false)
  .parse();
run(command.opts<{ beside?: string }>().beside);
