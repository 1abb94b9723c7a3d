import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { median, ratios, spreadText, type BenchOptions, type Section } from "./section";

/**
 * Time, processor time and memory of evaluating each stack, as ratios to an empty Pulumi program. Every round runs each candidate once, so
 * that a slow moment of the machine meets all of them; the ratio is taken in each round.
 */

const PROJECT = join(__dirname, "..", "..");
const SCRIPT = join(PROJECT, "tests", "bench", "evaluate.ts");
const TSX = ["--import", join(PROJECT, "node_modules/tsx/dist/loader.mjs")];
// As Pulumi's Node host does by default: ts-node with its type-check.
const TS_NODE = ["--require", join(PROJECT, "node_modules/ts-node/register")];
const TS_NODE_OPTIONS = {
  module: "commonjs",
  moduleResolution: "node10",
  ignoreDeprecations: "6.0",
};

export interface Evaluation {
  readonly milliseconds: number;
  /** Milliseconds of the processors. */
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

export function evaluationSection({ rounds, old }: BenchOptions): Section {
  const all = candidates(old);
  const samples = new Map(all.map(({ name }) => [name, [] as Evaluation[]]));
  for (let round = 1; round <= rounds; round++) {
    console.error(`evaluation, round ${round} of ${rounds} …`);
    for (const candidate of all) samples.get(candidate.name)?.push(measure(candidate));
  }
  const valuesOf = (name: string, key: keyof Evaluation) =>
    (samples.get(name) ?? []).map((one) => one[key]);
  const ratio = (name: string, key: keyof Evaluation) =>
    `${spreadText(ratios(valuesOf(name, key), valuesOf(EMPTY, key)))} ×`;
  return {
    id: "evaluation",
    title: `Evaluation of a stack, ${rounds} rounds`,
    rows: [
      ["", "seconds", "CPU s", "MB", "CPU / empty", "memory / empty"],
      ...all.map(({ name }) => [
        name,
        (median(valuesOf(name, "milliseconds")) / 1000).toFixed(2),
        (median(valuesOf(name, "processor")) / 1000).toFixed(2),
        (median(valuesOf(name, "kilobytes")) / 1024).toFixed(0),
        ratio(name, "processor"),
        ratio(name, "kilobytes"),
      ]),
    ],
  };
}

/**
 * One evaluation of a stack in a process of its own.
 *
 * @param settingsFile JSON, in place of the checkout's own settings
 * @param cache the user's folder for caches (XDG_CACHE_HOME)
 */
export function evaluated(
  checkout: string,
  stack: string,
  settingsFile: string,
  cache: string,
): Evaluation {
  const candidate = { name: stack, loader: loaderOf(checkout), stack, checkout };
  return measure(candidate, [settingsFile], { XDG_CACHE_HOME: cache });
}

/** As Pulumi.yaml of that checkout names it. */
function loaderOf(checkout: string): string[] {
  const lazy = join(checkout, "lazyModules.mjs");
  return existsSync(lazy) ? [...TSX, "--import", lazy] : TSX;
}

function candidates(old: string | undefined): Candidate[] {
  const of = (checkout: string, note: string) =>
    ["sandbox", "production"].map((stack) => ({
      ...{ name: `${stack}${note}`, stack },
      ...{ loader: loaderOf(checkout), checkout },
    }));
  return [
    { name: EMPTY, loader: TSX, stack: "empty", checkout: PROJECT },
    ...of(PROJECT, ""),
    ...(old === undefined ? [] : of(resolve(old), ", old commit")),
    { name: "empty, ts-node's default", loader: TS_NODE, stack: "empty", checkout: PROJECT },
  ];
}

function measure(
  { loader, stack, checkout }: Candidate,
  more: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Evaluation {
  const done = spawnSync(process.execPath, [...loader, SCRIPT, stack, checkout, ...more], {
    cwd: checkout,
    encoding: "utf8",
    env: {
      ...process.env,
      TS_NODE_COMPILER_OPTIONS: JSON.stringify(TS_NODE_OPTIONS),
      ...variables,
    },
  });
  const line = done.stdout.trim().split("\n").at(-1) ?? "";
  if (done.status !== 0 || line === "")
    throw new Error(`evaluating ${stack} failed:\n${done.stderr}`);
  return JSON.parse(line) as Evaluation;
}
