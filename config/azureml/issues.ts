import { z } from "zod";
import type { Problem } from "../problems";
import { didYouMean } from "./nearest";
import { looksSecret } from "./secrets";
import type { KeyPath, YamlFile } from "./yamlTree";

/** Collects what is wrong with one file; each problem gets the line of its key. */
export interface Report {
  readonly problems: Problem[];
  error(key: KeyPath, message: string): void;
  warning(key: KeyPath, message: string): void;
  /** Whether an error was reported at a key or below it, so that nothing is said twice. */
  hasError(key?: KeyPath): boolean;
}

export function reportOn(yaml: YamlFile): Report {
  const problems: Problem[] = [];
  const add = (severity: Problem["severity"]) => (key: KeyPath, message: string) => {
    const shown = message.replaceAll("{value}", () => shownValue(yaml, key));
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
    problems,
    error: add("error"),
    warning: add("warning"),
    hasError(key = []) {
      const dotted = key.map(String).join(".");
      if (dotted === "") return problems.some((problem) => problem.severity === "error");
      return problems.some(
        (problem) =>
          problem.severity === "error" &&
          (problem.key === dotted || problem.key?.startsWith(`${dotted}.`) === true),
      );
    },
  };
}

/**
 * The parts of a file that fit `schema`, by top-level key; every reason why others do not is reported. The rest is still
 * there to be checked further, so that all that is wrong with a file is said at once.
 */
export function checked<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  yaml: YamlFile,
  report: Report,
): Partial<z.output<z.ZodObject<Shape>>> {
  const result = schema.safeParse(yaml.value);
  if (result.success) return result.data;
  const keys = knownKeys(schema);
  for (const issue of result.error.issues) reportIssue(issue, [], keys, report);
  if (typeof yaml.value !== "object" || yaml.value === null || Array.isArray(yaml.value)) return {};
  const faulty = result.error.issues.flatMap((issue) =>
    issue.path.length === 0 && issue.code === "unrecognized_keys" ? issue.keys : [issue.path[0]],
  );
  const sound = Object.entries(yaml.value).filter(([key]) => !faulty.includes(key));
  return schema.partial().parse(Object.fromEntries(sound)) as Partial<z.output<z.ZodObject<Shape>>>;
}

type Issue = z.core.$ZodIssue;

function reportIssue(issue: Issue, base: KeyPath, keys: KnownKeys, report: Report): void {
  const place = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) report.error([...place, key], unknownKey(place, key, keys));
    return;
  }
  if (issue.code === "invalid_union") {
    // Of "text or a mapping", the alternative that fits the written shape is the one that was meant.
    const meant = issue.errors.find((branch) => !branch.some(isShapeIssue));
    if (meant !== undefined) {
      for (const inner of meant) reportIssue(inner, place, keys, report);
      return;
    }
  }
  if (!report.hasError(place) || issue.code === "custom") report.error(place, messageOf(issue));
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

function unknownKey(place: KeyPath, key: string, keys: KnownKeys): string {
  const here = [...keys].find(([at]) => samePlace(at, place));
  const allowed = here?.[1] ?? [];
  const guess = didYouMean(key, allowed);
  if (guess !== "") return `is not a key of Azure ML here${guess}`;
  const elsewhere = [...keys].find(([at, names]) => names.includes(key) && !samePlace(at, place));
  if (elsewhere !== undefined) {
    const home = elsewhere[0].slice(1).replaceAll(".*", ".<name>");
    return `is not a key of Azure ML here; it belongs ${home === "" ? "at the top level" : `under "${home}"`}`;
  }
  return `is not a key of Azure ML here; allowed: ${allowed.join(", ")}`;
}

function samePlace(pattern: string, place: KeyPath): boolean {
  const parts = pattern === "" ? [] : pattern.slice(1).split(".");
  return (
    parts.length === place.length &&
    parts.every((part, index) => part === "*" || part === String(place[index]))
  );
}

const LONGEST_SHOWN = 80;

function shownValue(yaml: YamlFile, key: KeyPath): string {
  if (key.some((part) => typeof part === "string" && looksSecret(part))) return "(hidden)";
  let value: unknown = yaml.value;
  for (const part of key) {
    value =
      typeof value === "object" && value !== null
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined;
  }
  if (value === undefined || value === null) return "empty";
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "a mapping";
  if (typeof value !== "string") return yaml.sourceOf(key) ?? JSON.stringify(value);
  return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);
}
