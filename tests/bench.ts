import { spawnSync } from "node:child_process";
import { join } from "node:path";
import Table from "cli-table3";
import { Command } from "commander";

/**
 * Time and memory of evaluating each stack, as ratios to an empty Pulumi program in the same run. Every round runs
 * each candidate once, so that a slow moment of the machine meets all of them; the medians are compared.
 */

new Command("npm run bench --")
  .description(
    "Prints time and memory of evaluating each stack, as ratios to an empty Pulumi program.",
  )
  .allowExcessArguments(false)
  .parse();

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
  readonly kilobytes: number;
}

const candidates: readonly {
  readonly name: string;
  readonly loader: string[];
  readonly stack: string;
}[] = [
  { name: "empty program", loader: TSX, stack: "empty" },
  { name: "sandbox", loader: TSX, stack: "sandbox" },
  { name: "production", loader: TSX, stack: "production" },
  { name: "sandbox under ts-node's default", loader: TS_NODE, stack: "sandbox" },
];

function measure(loader: readonly string[], stack: string): Sample {
  const done = spawnSync(process.execPath, [...loader, SCRIPT, stack], {
    cwd: PROJECT,
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

const samples = new Map(candidates.map(({ name }) => [name, [] as Sample[]]));
for (let round = 1; round <= ROUNDS; round++) {
  console.error(`round ${round} of ${ROUNDS} …`);
  for (const { name, loader, stack } of candidates) samples.get(name)?.push(measure(loader, stack));
}

const medianOf = (name: string, key: keyof Sample) =>
  median((samples.get(name) ?? []).map((one) => one[key]));
const ratio = (name: string, key: keyof Sample, other: string) =>
  `${(medianOf(name, key) / medianOf(other, key)).toFixed(2)} ×`;
const table = new Table({
  head: ["evaluation", "seconds", "MB", "time / empty", "memory / empty", "memory / ts-node"],
  style: { head: [], border: [] },
});
for (const { name } of candidates) {
  table.push([
    name,
    (medianOf(name, "milliseconds") / 1000).toFixed(2),
    (medianOf(name, "kilobytes") / 1024).toFixed(0),
    ratio(name, "milliseconds", "empty program"),
    ratio(name, "kilobytes", "empty program"),
    ratio(name, "kilobytes", "sandbox under ts-node's default"),
  ]);
}
console.log(`Medians of ${ROUNDS} rounds in one run`);
console.log(table.toString());
