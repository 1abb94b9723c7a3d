import { resolve } from "node:path";
import { z } from "zod";
import { MOST_BYTES, readUserFile, UnreadableFile } from "../input/userFile";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { share, text } from "./azureml/yamlValues";
import { matching, oneOf } from "./fields";

/** A number that a team counts itself: of `total` things, `hits` are of a kind. */
export interface OwnMetric {
  readonly name: string;
  readonly language: QueryLanguage;
  /** Texts of queries, with placeholders. */
  readonly hits: string;
  readonly total: string;
  /** Of the canary's. */
  readonly maxPercent?: number;
  /** The canary's share to that of the old deployments, at most and at least. */
  readonly maxRatio?: number;
  readonly minRatio?: number;
}

export type QueryLanguage = "promql" | "kql";

/** Where queries are sent. */
export interface QuerySources {
  /** URL of a Prometheus, without /api/v1. */
  readonly prometheus?: string;
  /** Id of a Log Analytics workspace. */
  readonly logAnalytics?: string;
}

/** What a query may name in braces. */
const PLACEHOLDERS = ["deployment", "endpoint", "seconds", "from"];
/** Those that say of which time it is; one of them must be there. */
const TIMES = ["seconds", "from"];

/**
 * The text, or a file with it, which ends with .promql or .kql and is relative to the project. What it asks for is of one
 * deployment in the time of a step.
 */
const query = text("a query, or a file that ends with .promql or .kql").transform(
  (input, context): string => {
    const asked = /^\S+\.(?:promql|kql)$/.test(input) ? fileText(input, context) : input;
    if (asked === undefined) return z.NEVER;
    const names = [...asked.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => name ?? "");
    const unknown = names.filter((name) => !PLACEHOLDERS.includes(name));
    const known = PLACEHOLDERS.map((name) => `{${name}}`).join(", ");
    const problems = [
      ...(unknown.length === 0
        ? []
        : [`has {${unknown.join("}, {")}}, which is no placeholder; there are ${known}`]),
      ...(names.includes("deployment")
        ? []
        : ["must have {deployment}, so that canary and old deployments are told apart"]),
      ...(names.some((name) => TIMES.includes(name))
        ? []
        : ["must have {seconds} or {from}, so that it counts in the time of the step alone"]),
    ];
    if (problems.length > 0) context.addIssue({ code: "custom", message: problems.join("; ") });
    return asked;
  },
);

function fileText(name: string, context: z.RefinementCtx): string | undefined {
  try {
    return readUserFile(resolve(PROJECT_DIRECTORY, name), MOST_BYTES.text).toString().trim();
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    const message = `is {value}, which ${error.problem}; it is looked for in the project`;
    context.addIssue({ code: "custom", message });
    return undefined;
  }
}

const LIMITS = ["maxPercent", "maxRatio", "minRatio"] as const;

const metric = z
  .strictObject({
    name: matching(/^[a-z][a-z0-9-]{0,39}$/, "a name of lower-case letters, digits and hyphens"),
    language: oneOf(["promql", "kql"]),
    /** Counts what is of the kind, and everything. */
    hits: query,
    total: query,
    maxPercent: share(0, 100, "percent of total").exactOptional(),
    maxRatio: share(1, 1000, "times the old deployments' share").exactOptional(),
    minRatio: share(0, 1, "times the old deployments' share").exactOptional(),
  })
  .superRefine((one, context) => {
    if (LIMITS.some((limit) => one[limit] !== undefined)) return;
    const message = `must have a limit: ${LIMITS.join(", ")}`;
    context.addIssue({ code: "custom", message });
  });

export const ownMetrics = z.array(metric).superRefine((all, context) => {
  for (const [index, { name }] of all.entries()) {
    if (all.findIndex((one) => one.name === name) === index) continue;
    context.addIssue({ code: "custom", path: [index, "name"], message: "is {value} twice" });
  }
});

/** A URL in which nothing secret stands: a token is never a setting. */
const prometheus = text("the URL of a Prometheus").refine(isPlainUrl, {
  message:
    "is {value}; must be an http or https URL without a user, a query or a fragment, for example https://prometheus.example.com",
});

export const querySources = {
  prometheus: prometheus.optional(),
  logAnalytics: matching(
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    "the id of a Log Analytics workspace (a GUID)",
  ).optional(),
};

/** Which setting names the source of a query. */
export const SOURCE_OF = { promql: "prometheus", kql: "logAnalytics" } as const;

function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
}
