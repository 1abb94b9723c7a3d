import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError, UserError } from "../errors";
import { settingsIn, type StackSettings } from "../graph/settings";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import type { Evaluated } from "./compare";
import type { Rendering } from "./rendering";

const TSX = pathToFileURL(join(PROJECT_DIRECTORY, "node_modules/tsx/dist/loader.mjs")).href;

const LAZY_MODULES = pathToFileURL(join(PROJECT_DIRECTORY, "review/lazyModules.mjs")).href;

/** Room for young objects, which most are; and of Pulumi's stack trace for every resource one line, which tells a bug. */
const V8_OPTIONS = ["--max-semi-space-size=64", "--stack-trace-limit=1"];

/** A rendering of a stack, or why there is none. */
export type Rendered =
  | { readonly kind: "rendering"; readonly rendering: Rendering }
  | Exclude<Evaluated, { kind: "graph" }>;

/** Evaluates a stack of a checkout. */
export async function evaluated(directory: string, stack: string): Promise<Evaluated> {
  return evaluatedFrom(await rendered(directory, stack), () => readableSettings(directory, stack));
}

/** What a review takes from a rendering and the settings that it was made with. */
export async function evaluatedFrom(
  result: Rendered,
  settings: () => StackSettings,
): Promise<Evaluated> {
  if (result.kind !== "rendering") return result;
  const { renderedGraph } = await import("./rendering");
  return { kind: "graph", graph: renderedGraph(result.rendering), settings: settings() };
}

/**
 * Renders a stack of a checkout with that checkout's own program, in a process of its own: `npm run render`, which every
 * version has, and which masks what the program calls secret.
 */
export async function rendered(directory: string, stack: string): Promise<Rendered> {
  if (!existsSync(join(directory, `Pulumi.${stack}.yaml`))) return { kind: "absent" };
  const script = join(directory, "render", "cli.ts");
  if (!existsSync(script)) {
    return {
      kind: "broken",
      said: ["render/cli.ts is missing: the checkout has a different folder layout"],
    };
  }
  const out = await mkdtemp(join(tmpdir(), "mlscore-review-"));
  try {
    const { status, stderr } = await run(directory, [script, "--stack", stack, "--out", out]);
    const said = spokenLines(stderr);
    if (status !== 0) return failure(stderr, said);
    const text = readUserFile(join(out, "resources.json"), MOST_BYTES.document).toString();
    // Loaded by now (cli.ts), and not before the first evaluation has begun.
    const { renderingOf } = await import("./rendering");
    const warnings = said.flatMap(({ kind, text }) => (kind === "warning" ? [text] : []));
    return { kind: "rendering", rendering: renderingOf(text, [...new Set(warnings)]) };
  } catch (error) {
    return {
      kind: "broken",
      said: [`its resources.json cannot be read: ${(error as Error).message}`],
    };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

function run(
  directory: string,
  args: readonly string[],
): Promise<{ readonly status: number | null; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const options = [...V8_OPTIONS, "--import", TSX, "--import", LAZY_MODULES];
    const child = spawn(process.execPath, [...options, ...args], {
      cwd: directory,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject).on("close", (status) => {
      resolve({ status, stderr });
    });
  });
}

interface Line {
  readonly kind: "error" | "warning" | "other";
  readonly text: string;
}

/** What a program of this project says of a user's mistakes, line by line; without how far it was. */
export function spokenLines(stderr: string): Line[] {
  return stderr
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^info: /.test(line))
    .map((line): Line => {
      const [, kind, text = ""] = /^(error|warning): (?:\[runtime\] )?(.*)$/.exec(line) ?? [];
      if (kind === "error" || kind === "warning") return { kind, text };
      return { kind: "other", text: line.trim() };
    });
}

/** A stack trace is a bug of the program; anything else is what it says of the settings. */
export function failure(
  stderr: string,
  said: readonly Line[],
): Extract<Evaluated, { kind: "refused" | "broken" }> {
  const errors = said.flatMap(({ kind, text }) => (kind === "error" ? [text] : []));
  if (errors.length > 0) return { kind: "refused", problems: errors };
  const others = said.flatMap(({ kind, text }) => (kind === "other" ? [text] : []));
  const trace = /^[ \t]+at \S/m.test(stderr);
  if (others.length > 0 && !trace) {
    // The first line of a refusal only announces the others.
    const [first = "", ...rest] = others;
    return { kind: "refused", problems: first.endsWith(":") && rest.length > 0 ? rest : others };
  }
  const message = others.find((line) => /^(\w*Error\b|Error:)/.test(line)) ?? others[0];
  return { kind: "broken", said: [`the program failed: ${message ?? "no further details"}`] };
}

/** Settings of a stack; none where they cannot be read: the evaluation reports why. */
export function readableSettings(directory: string, stack: string): StackSettings {
  try {
    return settingsIn(directory, stack);
  } catch (error) {
    if (error instanceof UserError || error instanceof ConfigError) return {};
    throw error;
  }
}
