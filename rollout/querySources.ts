import { z } from "zod";

/** Asks one query and gives its number. */
export interface QuerySource {
  /** @throws QueryFailure when there is no number, whatever the cause */
  ask(query: string): Promise<number>;
}

/** A query gave no number that can be relied on; the message says why. */
export class QueryFailure extends Error {}

export interface QueryOptions {
  /** Bearer token for each request. @default none is sent */
  readonly token?: () => Promise<string>;
  /** Milliseconds until an answer counts as missing. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
/** Bytes of an answer; a number takes some hundred. */
const MAX_ANSWER_BYTES = 1024 * 1024;

const prometheusAnswer = z.object({
  status: z.enum(["success", "error"]),
  data: z.object({ resultType: z.string(), result: z.unknown() }).optional(),
  error: z.string().optional(),
  warnings: z.array(z.string()).optional(),
});

/** One series of an answer. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Time and value; numbers that are not finite are text too. */
const sample = z.tuple([z.number(), z.string()]);
const vector = z.array(z.object({ metric: z.record(z.string(), z.string()), value: sample }));

/**
 * An instant query of a Prometheus ("HTTP API" of its documentation: `POST /api/v1/query`). Warnings are for errors that do
 * not inhibit the execution, so that data may be missing: no number to rely on.
 */
export function prometheusSource(url: string, options: QueryOptions = {}): QuerySource {
  return {
    async ask(query) {
      const data = await instantQuery(url, { query }, options);
      if (data?.resultType === "scalar") return finite(checked(data.result, sample)[1]);
      if (data?.resultType !== "vector") {
        throw new QueryFailure(
          `it gives a ${data?.resultType ?? "nothing"}; must give one number, for example by sum()`,
        );
      }
      const series = checked(data.result, vector);
      const [first] = series;
      if (first === undefined) {
        throw new QueryFailure("no data (where nothing means zero, write `or vector(0)`)");
      }
      if (series.length > 1) {
        throw new QueryFailure(
          `it gives ${series.length} series; must give one, for example by sum()`,
        );
      }
      return finite(first.value[1]);
    },
  };
}

/**
 * The same of a query that gives any number of series, none included.
 * @param at when it is evaluated; milliseconds since 1970
 * @throws QueryFailure
 */
export async function prometheusSeries(
  url: string,
  query: string,
  at: number,
  options: QueryOptions = {},
): Promise<Series[]> {
  const time = new Date(at).toISOString();
  const data = await instantQuery(url, { query, time }, options);
  if (data?.resultType !== "vector") throw new QueryFailure("it gives no vector of series");
  return checked(data.result, vector).map(({ metric, value }) => ({
    labels: metric,
    value: finite(value[1]),
  }));
}

async function instantQuery(
  url: string,
  parameters: Readonly<Record<string, string>>,
  options: QueryOptions,
) {
  const body = new URLSearchParams(parameters);
  const text = await post(`${url.replace(/\/$/, "")}/api/v1/query`, body, options);
  const { status, data, error = "no reason", warnings = [] } = parsed(text, prometheusAnswer);
  if (status === "error") throw new QueryFailure(`Prometheus refuses it: ${short(error)}`);
  if (warnings.length > 0) {
    throw new QueryFailure(`Prometheus warns: ${short(warnings.join("; "))}`);
  }
  return data;
}

const logsAnswer = z.object({
  tables: z.array(
    z.object({
      columns: z.array(z.object({ name: z.string() })),
      rows: z.array(z.array(z.unknown())),
    }),
  ),
  error: z.object({ code: z.string().optional(), message: z.string().optional() }).optional(),
});

/** Azure Monitor Logs query API ("Azure Monitor Log Analytics API request format"). */
export const LOGS_URL = "https://api.loganalytics.azure.com";

/**
 * A query of a Log Analytics workspace. An error that is not fatal comes with status 200 and the results that there are
 * ("Azure Monitor Log Analytics API response format", PartialError): no number to rely on.
 */
export function logAnalyticsSource(
  workspaceId: string,
  { url = LOGS_URL, ...options }: QueryOptions & { readonly url?: string } = {},
): QuerySource {
  return {
    async ask(query) {
      const body = JSON.stringify({ query });
      const text = await post(`${url}/v1/workspaces/${workspaceId}/query`, body, options);
      const { tables, error } = parsed(text, logsAnswer);
      if (error !== undefined) {
        throw new QueryFailure(
          `only a part was found: ${short(error.message ?? error.code ?? "")}`,
        );
      }
      const { rows = [], columns = [] } = tables[0] ?? {};
      const [row] = rows;
      if (row === undefined) {
        throw new QueryFailure("no data (`summarize count()` gives a row with zero)");
      }
      if (rows.length > 1 || columns.length !== 1) {
        throw new QueryFailure(
          `it gives ${rows.length} rows of ${columns.length} columns; must give one number, for example by summarize`,
        );
      }
      return finite(row[0]);
    },
  };
}

async function post(
  url: string,
  body: string | URLSearchParams,
  { token, timeoutMs = TIMEOUT_MS }: QueryOptions,
): Promise<string> {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${await token()}` };
  const type: Record<string, string> =
    typeof body === "string" ? { "content-type": "application/json" } : {};
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      redirect: "error",
      signal,
      headers: { accept: "application/json", ...authorization, ...type },
    });
    const text = await boundedText(response);
    if (!response.ok) throw new QueryFailure(refusalText(response.status, text));
    return text;
  } catch (error) {
    if (error instanceof QueryFailure) throw error;
    if (signal.aborted) throw new QueryFailure(`no answer within ${timeoutMs / 1000} s`);
    const { cause, message } = error as Error;
    throw new QueryFailure(
      `${new URL(url).origin} cannot be reached: ${cause instanceof Error ? cause.message : message}`,
    );
  }
}

async function boundedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new QueryFailure("its answer is larger than 1 MiB");
  }
  return Buffer.concat(chunks).toString();
}

/** Prometheus says why in `error`, Azure in `error.message`. */
const refusal = z.object({
  error: z.union([z.string(), z.object({ message: z.string() })]),
});

function refusalText(status: number, text: string): string {
  const known = refusal.safeParse(jsonOf(text));
  const { error } = known.data ?? {};
  const why = typeof error === "string" ? error : (error?.message ?? text);
  return `it is refused with ${status}: ${short(why)}`;
}

function parsed<T>(text: string, schema: z.ZodType<T>): T {
  return checked(jsonOf(text), schema);
}

function checked<T>(value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new QueryFailure("its answer is not of the documented form");
}

/** Undefined when it is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function finite(value: unknown): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  const shown = value === undefined ? "nothing" : JSON.stringify(value);
  throw new QueryFailure(`it gives ${short(shown)}, which is not a number`);
}

/** Characters of somebody else's text that are shown. */
const SHOWN = 200;

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)} …` : line;
}
