import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keepNewest, markUsed, readCacheFile, writeCacheFile } from "../cacheFile";
import { MOST_BYTES } from "../input/userFile";
import { cacheDirectory, PROJECT_DIRECTORY } from "../projectDirectory";
import { maskText } from "../secrets/mask";
import { redacted } from "./redactedGraph";
import { type Rendering, renderingSchema } from "./rendering";

/** Raise it when an entry means something else. */
const LAYOUT = 1;
/** Entries that are kept; each is some hundred kilobytes. Those that were used longest ago are removed. */
const MOST_ENTRIES = 40;
/** Of this version's own files, how a commit is evaluated; its program is the commit's. */
const EVALUATOR = [
  "review/evaluate.ts",
  "review/lazyModules.mjs",
  "lazyModules.mjs",
  "package-lock.json",
];
/** Variables by which Node, its sorting of texts and the SDK differ; not those with credentials, which no evaluation needs. */
const VARIABLES = /^(?:NODE_|PULUMI_|LANG$|LC_|TZ$)(?!.*(?:TOKEN|PASSPHRASE|SECRET|KEY))/;

/** What a rendering is kept under: all that it depends on. A day, because the program warns of days that are near. */
export function evaluationKey(inputs: string, stack: string, now = new Date()): string {
  const variables = Object.entries(process.env).filter(([name]) => VARIABLES.test(name));
  const evaluator = EVALUATOR.map((file) => sha256(readFileSync(join(PROJECT_DIRECTORY, file))));
  const { version, platform, arch } = process;
  const day = now.toISOString().slice(0, 10);
  return sha256(
    JSON.stringify([
      ...[LAYOUT, inputs, stack, version, platform, arch, day],
      ...[evaluator, variables.sort(([a], [b]) => (a < b ? -1 : 1))],
    ]),
  );
}

/** What was kept under a key. */
export async function keptRendering(
  key: string,
  folder = defaultFolder(),
): Promise<Rendering | undefined> {
  if (folder === undefined) return undefined;
  const file = join(folder, key);
  const text = readCacheFile(file, MOST_BYTES.document);
  const parsed = text === undefined ? undefined : renderingSchema.safeParse(JSON.parse(text));
  if (parsed?.success !== true) return undefined;
  await markUsed(file);
  return parsed.data;
}

/**
 * Keeps a rendering, unless something in it looks like a secret: the program of an older commit may have passed one on. It is then
 * rendered again each time, and masked where it is shown.
 */
export async function keepRendering(
  key: string,
  rendering: Rendering,
  folder = defaultFolder(),
): Promise<void> {
  if (folder === undefined || hasSecrets(rendering)) return;
  await writeCacheFile(join(folder, key), JSON.stringify(rendering));
  await keepNewest(folder, MOST_ENTRIES);
}

/** As a review finds them (redactedGraph.ts), and in all other texts. */
function hasSecrets({ resources, outputs, warnings }: Rendering): boolean {
  const values = { outputs, inputs: resources.map(({ inputs }) => inputs) };
  const texts = resources.flatMap(({ inputs: _inputs, ...others }) => Object.values(others).flat());
  return (
    resources.some(({ inputs }) => JSON.stringify(redacted(inputs)) !== JSON.stringify(inputs)) ||
    JSON.stringify(redacted(values.outputs)) !== JSON.stringify(values.outputs) ||
    [...texts, ...warnings].some((text) => maskText(String(text), "shown") !== String(text))
  );
}

/** Undefined where the user has no folder, as in some containers. */
function defaultFolder(): string | undefined {
  try {
    return join(cacheDirectory(), "evaluations");
  } catch {
    return undefined;
  }
}

function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}
