import writeFileAtomic from "write-file-atomic";
import { isMap, isScalar } from "yaml";
import { parseYaml } from "../config/azureml/yamlFile";
import { cannotWrite, UserError } from "../errors";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { parsedYaml } from "../input/yamlSyntax";

/** A value to set, or a key to take away. A missing number counts as 0. A text needs no quotes in YAML. */
export interface Edit {
  readonly path: readonly [string, ...string[]];
  readonly value: number | string | undefined;
}

/**
 * Changes values in a YAML file and leaves everything else in it: order, comments, and to the letter where only values
 * change.
 *
 * @returns what was changed, a line each; empty when nothing had to change
 * @throws UserError when the file cannot be changed
 */
export async function editYaml(file: string, edits: readonly Edit[]): Promise<string[]> {
  const text = readUserFile(file, MOST_BYTES.text).toString();
  const before = valuesIn(file, text);
  const needed = edits
    .map((edit) => ({ ...edit, was: valueAt(before, edit.path) }))
    .filter(({ value, was }) => was !== value && !(was === undefined && value === 0));
  if (needed.length === 0) return [];
  const next = edited(text, needed);
  const after = next === undefined ? undefined : valuesIn(file, next);
  if (next === undefined || needed.some(({ path, value }) => valueAt(after, path) !== value)) {
    throw new UserError(`${file} has a form that this program cannot edit; edit it by hand`);
  }
  // Keeps the permissions that the file had.
  await writeFileAtomic(file, next).catch((error: unknown) => {
    throw cannotWrite(file, error);
  });
  return needed.map(
    ({ path, value, was }) => `${path.join(".")}: ${shown(was)} → ${value ?? "nothing"}`,
  );
}

/** The changed text; undefined when aliases or unusual keys prevent it. */
function edited(
  text: string,
  edits: readonly (Edit & { readonly was: unknown })[],
): string | undefined {
  const document = parsedYaml(text, "1.1").document;
  const places = edits.map(({ path, value }) => {
    const node: unknown = document.getIn(path, true);
    return { range: isScalar(node) ? node.range : undefined, value };
  });
  if (places.every(({ range, value }) => range != null && value !== undefined)) {
    return places
      .toSorted((a, b) => (b.range?.[0] ?? 0) - (a.range?.[0] ?? 0))
      .reduce(
        (result, { range, value }) =>
          result.slice(0, range?.[0]) + String(value) + result.slice(range?.[1]),
        text,
      );
  }
  for (const { path, value, was } of edits) {
    const [parent] = path;
    // Read by another name than it is written, or through an alias.
    if (was !== undefined && !document.hasIn(path)) return undefined;
    if (value === undefined) {
      document.deleteIn(path);
      continue;
    }
    const holder: unknown = document.get(parent, true);
    const isEmpty = holder === undefined || (isScalar(holder) && holder.value === null);
    if (path.length > 1 && isEmpty) document.set(parent, document.createNode({}));
    else if (path.length > 1 && !isMap(holder)) return undefined;
    document.setIn(path, value);
  }
  return document.toString({ lineWidth: 0 });
}

/** As the endpoint's YAML is read everywhere. @throws UserError when it is not YAML */
function valuesIn(file: string, text: string): unknown {
  const { yaml, problems } = parseYaml(file, text);
  const [problem] = problems;
  if (yaml !== undefined && problem === undefined) return yaml.value;
  throw new UserError(`${file} is not changed: it ${problem?.message ?? "cannot be read"}`);
}

function valueAt(values: unknown, path: Edit["path"]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    values,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "object" ? "a mapping" : JSON.stringify(value);
}
