import { z } from "zod";
import { markerSchema } from "./meter";
import { comparedSchema, windowTotalsSchema } from "./window";

/** What a rollout has done and is about to do, a line each. Lines are only ever added. */

const percents = z.record(z.string(), z.number().int().min(0).max(100));

const split = z.strictObject({ traffic: percents, mirrorTraffic: percents });

const step = z.strictObject({
  kind: z.enum(["mirror", "live", "shadow"]),
  /** 0 in a step whose requests are sent by name. */
  percent: z.number().int().min(0).max(100),
  replay: z
    .strictObject({ perSecond: z.number(), requests: z.number().int().min(0) })
    .exactOptional(),
  dwellSeconds: z.number().int().min(1),
  gate: z.strictObject({
    minRequests: z.number().int().min(1),
    maxErrorPercent: z.number(),
    maxP95Ratio: z.number(),
    maxP95Ms: z.number().exactOptional(),
    maxDifferentPercent: z.number().exactOptional(),
    onBreach: z.enum(["rollBack", "stop"]),
    /** Missing in records of before it could be set. */
    passWhen: z.enum(["noBreach", "proven"]).exactOptional(),
  }),
});

/** A write: to a step (from 0), or to the end of the rollout. */
const change = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("step"), step: z.number().int().min(0) }),
  z.strictObject({
    kind: z.literal("end"),
    /** `adopted`: somebody had changed the split outside, and the user took that for the end. */
    outcome: z.enum(["promoted", "aborted", "rolledBack", "adopted"]),
  }),
]);

const counts = z.strictObject({ hits: z.number(), trials: z.number() });

/** A number that a team counts itself, with the texts of its queries. */
const ownMetric = z.strictObject({
  name: z.string(),
  language: z.enum(["promql", "kql"]),
  hits: z.string(),
  total: z.string(),
  maxPercent: z.number().exactOptional(),
  maxRatio: z.number().exactOptional(),
  minRatio: z.number().exactOptional(),
});

/** What a gate saw. */
const analysis = z.strictObject({
  step: z.number().int().min(0),
  canary: windowTotalsSchema,
  old: z.strictObject({
    requests: z.number(),
    errors: z.number().exactOptional(),
    p95Ms: z.number().exactOptional(),
  }),
  /** Odds that each limit is exceeded, and what they had to reach. */
  limits: z
    .array(z.strictObject({ limit: z.string(), eValue: z.number(), needed: z.number() }))
    .exactOptional(),
  /** Of a step that compares answers; nothing of what they say but the names of fields. */
  comparison: comparedSchema.exactOptional(),
  /** Of own metrics. */
  own: z
    .array(
      z.strictObject({
        name: z.string(),
        canary: counts.exactOptional(),
        old: counts.exactOptional(),
        problem: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
});

const line = { time: z.iso.datetime(), rollout: z.uuid() };

const lineSchema = z.discriminatedUnion("event", [
  /** The canary did not get so far as its first step. */
  z.strictObject({
    ...line,
    event: z.literal("refused"),
    canary: z.string(),
    reason: z.string(),
  }),
  /** The plan, and the intention to write its first step. */
  z.strictObject({
    ...line,
    event: z.literal("started"),
    endpoint: z.string(),
    canary: z.string(),
    /** What the canary runs; missing where a release has no image of its own, and in records of before it was put down. */
    image: z.string().exactOptional(),
    baseline: percents,
    steps: z.array(step).min(1),
    /** In percent; missing in records of before it could be set. */
    confidence: z.number().exactOptional(),
    /** How answers to mirrored requests are compared; missing where they are not. */
    comparison: z
      .strictObject({
        absoluteTolerance: z.number(),
        relativeTolerance: z.number(),
        ignore: z.array(z.string()),
      })
      .exactOptional(),
    metrics: z.array(ownMetric).exactOptional(),
    change,
    from: split,
    to: split,
    reason: z.string(),
  }),
  /** Written before the endpoint is changed … */
  z.strictObject({
    ...line,
    event: z.literal("intent"),
    change,
    from: split,
    to: split,
    reason: z.string(),
    analysis: analysis.exactOptional(),
  }),
  /** … and this after it. */
  z.strictObject({
    ...line,
    event: z.literal("done"),
    change,
    split,
    /** Where the step's window begins; missing at the end of a rollout. */
    marker: markerSchema.exactOptional(),
    /** Whether it was found done by a later command than the one that did it. */
    recovered: z.boolean(),
  }),
  /** The gate of a step failed, and the split was left as it is. */
  z.strictObject({
    ...line,
    event: z.literal("stopped"),
    reason: z.string(),
    analysis,
  }),
]);

export type Line = z.output<typeof lineSchema>;
export type Change = z.output<typeof change>;
export type Analysis = z.output<typeof analysis>;
export type Started = Extract<Line, { event: "started" }>;
export type Intent = Extract<Line, { event: "intent" }>;
export type Done = Extract<Line, { event: "done" }>;
export type Stopped = Extract<Line, { event: "stopped" }>;

/** The rollouts of one endpoint, the oldest line first. */
export interface RolloutRecord {
  /** Where it is, for people. */
  readonly place: string;
  /** @throws UserError when it cannot be read as a record */
  lines(): Promise<readonly Line[]>;
  /** Resolves when the line is on the disk. */
  append(line: Line): Promise<void>;
}

/** What each line begins with, and the beginning of that: by this one knows a line that was cut off. */
const BEGINNING = '{"time":';

/**
 * The lines in the text of a record. One that was cut off counts as never written: what it would have announced had not
 * begun, and what it would have confirmed is looked up at the endpoint.
 *
 * @returns the first line that is none, by its number, where there is one
 */
export function parseRecord(text: string): { lines: Line[]; bad?: number } {
  const lines: Line[] = [];
  for (const [index, lineText] of text.split("\n").entries()) {
    if (lineText === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(lineText);
    } catch {
      if (lineText.startsWith(BEGINNING) || BEGINNING.startsWith(lineText)) continue;
      return { lines, bad: index + 1 };
    }
    const parsed = lineSchema.safeParse(value);
    if (!parsed.success) return { lines, bad: index + 1 };
    lines.push(parsed.data);
  }
  return { lines };
}

export function formatLine({ time, ...rest }: Line): string {
  return `${JSON.stringify({ time, ...rest })}\n`;
}
