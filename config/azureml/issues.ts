import { z } from "zod";
import type { Problem } from "../../errors";
import { nearest } from "./nearest";
import { secretKind } from "../../secrets/detect";
import { secretName } from "../../secrets/names";
import type { KeyPath, YamlFile } from "./yamlTree";

/** Collects what is wrong with one file; each problem gets the line of its key. */
export interface Report {
  /** As the user would type it. */
  readonly file: string;
  readonly problems: Problem[];
  error(key: KeyPath, message: string): void;
  /** Counts a key as having an error from now on: what is wrong with it has been said elsewhere. */
  excuse(key: KeyPath): void;
  warning(key: KeyPath, message: string): void;
  /** Whether an error was reported at a key or below it, so that nothing is said twice. */
  hasError(key?: KeyPath): boolean;
}

export function reportOn(yaml: YamlFile): Report {
  const problems: Problem[] = [];
  const excused = new Set<string>();
  const add = (severity: Problem["severity"]) => (key: KeyPath, message: string) => {
    const isMissing = valueAt(yaml, key) === undefined;
    const shown = message
      .replace(/^is \{value\}/, (words) => (isMissing ? "is missing" : words))
      .replaceAll("{value}", () => shownValue(yaml, key));
    const place = { file: yaml.file, line: yaml.lineOf(key) };
    const dotted = key.map(String).join(".");
    problems.push({
      ...place,
      ...(dotted === "" ? {} : { key: dotted }),
      message: shown,
      severity,
    });
  };
  return {
    file: yaml.file,
    problems,
    error: add("error"),
    excuse: (key) => excused.add(key.map(String).join(".")),
    warning: add("warning"),
    hasError(key = []) {
      const dotted = key.map(String).join(".");
      const faulty = problems.filter(({ severity }) => severity === "error");
      if (dotted === "") return faulty.length > 0;
      return [...excused, ...faulty.map((problem) => problem.key)].some(
        (faultyKey) => faultyKey === dotted || faultyKey?.startsWith(`${dotted}.`) === true,
      );
    },
  };
}

/** The file's value as `schema` has it; undefined, with every reason reported, when it does not fit. */
export function checked<T extends z.ZodType>(
  schema: T,
  yaml: YamlFile,
  report: Report,
): z.output<T> | undefined {
  const result = schema.safeParse(yaml.value);
  if (result.success) return result.data;
  reportIssues(result.error.issues, schema, report);
  return undefined;
}

/**
 * The parts of a file that fit `schema`, by top-level key; every reason why others do not is reported. The sound ones
 * can be checked further, so that all that is wrong with a file is said at once.
 */
export function soundParts<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  yaml: YamlFile,
  report: Report,
): Partial<z.output<z.ZodObject<Shape>>> {
  const result = schema.safeParse(yaml.value);
  if (result.success) return result.data;
  const { issues } = result.error;
  reportIssues(issues, schema, report);
  const { value } = yaml;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  const faulty = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [issue.path[0]],
  );
  const sound = Object.entries(value).filter(([key]) => !faulty.includes(key));
  return schema.partial().parse(Object.fromEntries(sound)) as Partial<z.output<z.ZodObject<Shape>>>;
}

function reportIssues(issues: readonly Issue[], schema: z.ZodType, report: Report): void {
  const keys = knownKeys(schema);
  // Misspelt keys first: that the right ones are missing follows from them and is not said.
  const rank = (issue: Issue) => (issue.code === "unrecognized_keys" ? 0 : 1);
  const inOrder = issues.toSorted((a, b) => rank(a) - rank(b));
  for (const issue of inOrder) reportIssue(issue, [], keys, report);
}

type Issue = z.core.$ZodIssue;

function reportIssue(issue: Issue, base: KeyPath, keys: KnownKeys, report: Report): void {
  const place = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) reportUnknownKey(place, key, keys, report);
    return;
  }
  if (issue.code === "invalid_union") {
    // Of "text or a mapping", the alternative that fits the written shape is the one that was meant.
    const meant = issue.errors.find((branch) => !branch.some(isShapeIssue));
    if (meant !== undefined) {
      for (const inner of meant.toReversed()) reportIssue(inner, place, keys, report);
      return;
    }
  }
  if (!report.hasError(place)) report.error(place, messageOf(issue));
}

function isShapeIssue(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === "invalid_type";
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case "custom":
      return issue.message;
    case "invalid_type":
      if (issue.expected === "array") return 'is {value}; must be a list (items begin with "- ")';
      return "is {value}; must be a mapping of keys and values";
    case "invalid_union":
      return "is {value}; must be text or a mapping of keys and values";
    default:
      return `is {value}; ${issue.message}`;
  }
}

/** Dotted path of a mapping (`*` for names the user chooses) to the keys it may have. */
type KnownKeys = ReadonlyMap<string, readonly string[]>;

function knownKeys(schema: z.ZodType): KnownKeys {
  const found = new Map<string, string[]>();
  interface Shape {
    readonly properties?: Readonly<Record<string, Shape>>;
    readonly additionalProperties?: Shape | boolean;
    readonly anyOf?: readonly Shape[];
    readonly items?: Shape;
  }
  function walk(shape: Shape, at: string): void {
    for (const branch of shape.anyOf ?? []) walk(branch, at);
    if (shape.items) walk(shape.items, `${at}.*`);
    if (typeof shape.additionalProperties === "object") walk(shape.additionalProperties, `${at}.*`);
    if (!shape.properties) return;
    found.set(at, [...(found.get(at) ?? []), ...Object.keys(shape.properties)]);
    for (const [key, inner] of Object.entries(shape.properties)) walk(inner, `${at}.${key}`);
  }
  walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Shape, "");
  return found;
}

/** More keys than this are not listed: nobody reads on to the one that is meant. */
const MOST_LISTED = 12;

/** Keys that many things have. */
const COMMON_KEYS = new Set([
  ...["id", "name", "type", "path", "port", "version", "description", "tags", "properties"],
  ...["data", "enabled", "kind", "location"],
]);

/**
 * Keys of older CLIs and of what Azure reports, by their place, and what became of them (azure-sdk-for-python, tests
 * online_deployment_managed_full.yml; Microsoft Learn "CLI (v2) managed online deployment YAML schema").
 */
const MOVED_KEYS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "liveness_probe.path": "the path is environment.inference_config.liveness_route.path",
    "readiness_probe.path": "the path is environment.inference_config.readiness_route.path",
    "startup_probe.path": "the path is environment.inference_config.startup_route.path",
    "startup_probe.port": "the port is environment.inference_config.startup_route.port",
    "liveness_probe.port": "the port is environment.inference_config.liveness_route.port",
    "readiness_probe.port": "the port is environment.inference_config.readiness_route.port",
    "model.id": "it is what Azure reports; remove it, or write the id as the value of model itself",
    "environment.id":
      "it is what Azure reports; remove it, or write the id as the value of environment itself",
    type: "it is of an older CLI, and the $schema says what the file is: remove it",
  }),
);

function reportUnknownKey(place: KeyPath, key: string, keys: KnownKeys, report: Report): void {
  const here = [...keys].find(([at]) => isSamePlace(at, place));
  const allowed = here?.[1] ?? [];
  const say = (more: string) => {
    report.error([...place, key], `is not a known key${more}`);
  };
  const homes = [...keys].filter(([at, names]) => names.includes(key) && !isSamePlace(at, place));
  // A key that many things have says nothing about where it was meant to be.
  const [elsewhere] = homes.length === 1 && !COMMON_KEYS.has(key) ? homes : [];
  const guess = elsewhere === undefined ? nearest(key, allowed) : undefined;
  if (guess !== undefined) {
    say(`; did you mean "${guess}"?`);
    report.excuse([...place, guess]);
    return;
  }
  const known = MOVED_KEYS.get([...place, key].map(String).join("."));
  if (known !== undefined) {
    say(`; ${known}`);
    return;
  }
  if (elsewhere !== undefined) {
    const path = elsewhere[0].split(".").slice(1);
    const home = path.map((part) => (part === "*" ? "<name>" : part)).join(".");
    say(`; it belongs ${home === "" ? "at the top level" : `under "${home}"`}`);
    report.excuse([...path, key]);
    return;
  }
  say(allowed.length > MOST_LISTED ? "" : `; allowed: ${allowed.join(", ")}`);
}

function isSamePlace(pattern: string, place: KeyPath): boolean {
  const parts = pattern === "" ? [] : pattern.slice(1).split(".");
  return (
    parts.length === place.length &&
    parts.every((part, index) => part === "*" || part === String(place[index]))
  );
}

const LONGEST_SHOWN = 80;

function shownValue(yaml: YamlFile, key: KeyPath): string {
  if (key.some((part) => typeof part === "string" && secretName(part) !== undefined))
    return "(hidden)";
  const value = valueAt(yaml, key);
  if (typeof value === "string" && secretKind("", value) !== undefined) return "(hidden)";
  if (value === undefined || value === null) return "empty";
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "a mapping";
  if (typeof value !== "string") return yaml.sourceOf(key) ?? JSON.stringify(value);
  return JSON.stringify(shortened(value));
}

/** Without the middle: of two long ids, the end tells which is which. */
function shortened(text: string): string {
  if (text.length <= LONGEST_SHOWN) return text;
  const half = LONGEST_SHOWN / 2;
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}

function valueAt(yaml: YamlFile, key: KeyPath): unknown {
  let value: unknown = yaml.value;
  for (const part of key) {
    const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, part);
    value = isThere ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }
  return value;
}
