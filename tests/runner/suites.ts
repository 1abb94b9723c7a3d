import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

const PROJECT = join(__dirname, "..", "..");

/** Suites that `npm test` leaves to `npm test -- --all`, by the beginning of their path, and why. */
export const ONLY_WITH_ALL: readonly { readonly prefix: string; readonly why: string }[] = [
  { prefix: "tests/engine/", why: "real Pulumi engine, minutes" },
  { prefix: "tests/container/", why: "real Docker engine, minutes" },
  { prefix: "tests/cluster/", why: "real Kubernetes, minutes" },
  { prefix: "tests/alerts/prometheusRules.test.ts", why: "Prometheus' own test of rules" },
  { prefix: "tests/canary/", why: "rollouts under load, minutes" },
  { prefix: "tests/sandbox/pause.process.test.ts", why: "pauses of a real endpoint, minutes" },
  { prefix: "tests/packaging/pack.test.ts", why: "the package compiled, packed and type-checked" },
  { prefix: "tests/sdk/", why: "Azure's own Python SDK and its 80 packages" },
  {
    prefix: "tests/local/endpoint/environment.process.test.ts",
    why: "builds Python environments again and again",
  },
  { prefix: "tests/local/endpoint/mlflow.process.test.ts", why: "MLflow and its 80 packages" },
  {
    prefix: "tests/local/endpoint/rollout.process.test.ts",
    why: "real scoring processes replaced under load",
  },
  {
    prefix: "tests/local/endpoint/resilience.process.test.ts",
    why: "real scoring processes killed under load",
  },
  {
    prefix: "tests/local/endpoint/lifetime.process.test.ts",
    why: "a supervisor started and ended in every way",
  },
  {
    prefix: "tests/local/arm/command.process.test.ts",
    why: "the ARM API in front of real scoring processes",
  },
  {
    prefix: "tests/local/watch/watch.process.test.ts",
    why: "real scoring processes, edited under load",
  },
  {
    prefix: "tests/local/debug.process.test.ts",
    why: "a debugger's packages, and a debugged process",
  },
  { prefix: "tests/e2e/localChanges.test.ts", why: "`up` again and again on a running endpoint" },
  { prefix: "tests/e2e/newUserMistakes.test.ts", why: "`up` twice for each of ten mistakes" },
  { prefix: "tests/e2e/contract.test.ts", why: "the scoring contract through the local endpoint" },
  {
    prefix: "tests/workflows/identities.test.ts",
    why: "every step of the workflows in a shell, with fake tools",
  },
  { prefix: "tests/runner/", why: "the runner itself, in a process for each test" },
  {
    prefix: "tests/local/endpoint/statusPage/form.test.ts",
    why: "real Chromium over real scoring processes",
  },
  {
    prefix: "tests/local/endpoint/statusPage/rollout.test.ts",
    why: "real Chromium over rollouts under load, a minute",
  },
  { prefix: "tests/review/page.test.ts", why: "real Chromium" },
  { prefix: "tests/review/pictures.test.ts", why: "real Chromium" },
  { prefix: "scoring/tests/spark/", why: "real Spark, minutes" },
];

/** Begun first, because they take longest: otherwise one of them would run alone at the end. */
const LONGEST_FIRST = [
  "tests/canary/",
  "tests/container/",
  "tests/cluster/",
  "tests/engine/",
  "tests/packaging/",
  "tests/sdk/",
  "tests/local/endpoint/environment.process.test.ts",
  "tests/rollout/falseAlarms.test.ts",
  "tests/e2e/",
  "tests/local/endpoint/",
  "tests/workflows/",
  "tests/rollout/recovery.test.ts",
  "tests/rollout/cli.test.ts",
  "tests/traffic/sequences.test.ts",
  "tests/local/arm/",
  "tests/emulator/",
  "tests/components/",
  "tests/policy/",
  "tests/review/",
];

/** Every suite of the project by its path from the project's root: Jest's, then pytest's. */
export function allSuites(): string[] {
  const jest = filesBelow("tests").filter((path) => path.endsWith(".test.ts"));
  const pytest = filesBelow("scoring/tests").filter((path) => /\/test_\w+\.py$/.test(path));
  return [...jest.sort(byExpectedTime), ...pytest.sort()];
}

export function isPytest(suite: string): boolean {
  return suite.endsWith(".py");
}

export function onlyWithAll(suite: string): boolean {
  return ONLY_WITH_ALL.some(({ prefix }) => suite.startsWith(prefix));
}

function byExpectedTime(one: string, other: string): number {
  return rank(one) - rank(other) || one.localeCompare(other);
}

function rank(suite: string): number {
  const found = LONGEST_FIRST.findIndex((prefix) => suite.startsWith(prefix));
  return found === -1 ? LONGEST_FIRST.length : found;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PROJECT, join(entry.parentPath, entry.name)));
}
