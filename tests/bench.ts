import Table from "cli-table3";
import { Argument, Command, InvalidArgumentError } from "commander";
import { document } from "./bench/document";
import type { BenchOptions, Section } from "./bench/section";

/**
 * Measures the project beside its peers and, with --old, beside another commit. The candidates of a part take turns in each
 * round, so that a slow moment of the machine meets all of them, and ratios are taken in each round.
 */

const PARTS: Readonly<Record<string, (options: BenchOptions) => Section | Promise<Section>>> = {
  evaluation: async (options) => (await import("./bench/evaluation")).evaluationSection(options),
  review: async (options) => (await import("./bench/review")).reviewSection(options),
  hashing: async (options) => (await import("./bench/hashing")).hashingSection(options),
  servers: async (options) => (await import("./bench/servers")).serversSection(options),
  router: async (options) => (await import("./bench/router")).routerSection(options),
  status: async (options) => (await import("./bench/statusPage")).statusSection(options),
  features: async () => (await import("./bench/features")).featuresSection(),
};

interface Options {
  readonly rounds: number;
  readonly old?: string;
  readonly document?: true;
}

async function run(named: readonly string[], { rounds, old, document: write }: Options) {
  const date = new Date().toISOString().slice(0, 10);
  let failed = 0;
  for (const part of named.length === 0 ? Object.keys(PARTS) : named) {
    try {
      const section = await PARTS[part]?.({ rounds, ...(old === undefined ? {} : { old }) });
      if (section === undefined) continue;
      print(section);
      if (write) document(section, date);
    } catch (error) {
      failed += 1;
      console.error(`${part}: ${(error as Error).message}`);
    }
  }
  if (failed > 0) process.exitCode = 1;
}

function print({ title, rows: [head = [], ...rows] }: Section): void {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  console.log(`${title}\n${table.toString()}\n`);
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("Give a whole number of rounds, 1 or more.");
  return value;
}

void new Command("npm run bench --")
  .description(
    "Measures evaluation, reviews, hashing, servers, router, the status page and feature look-ups beside their peers, as ratios with their spread.",
  )
  .addArgument(new Argument("[parts...]", "default: all of them").choices(Object.keys(PARTS)))
  .option("--rounds <n>", "rounds of each part", count, 5)
  .option(
    "--old <dir>",
    "another checkout, with its packages installed, measured in the same rounds",
  )
  .option("--document", "write the tables of docs/performance.md and its chart")
  .allowExcessArguments(false)
  .action(run)
  .parseAsync();
