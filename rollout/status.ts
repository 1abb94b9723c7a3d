import { describeSplit, type Split } from "../traffic/split";
import type { Context } from "./context";
import { current, endedText, unknownRollout, type Current } from "./current";
import { driftOf, type Drift } from "./drift";
import type { Verdict } from "./analysis";
import { poll, stepOf, type AtStep, type Poll } from "./watch";
import { numberText } from "./ownLimits";
import type { OpenRollout, Situation } from "./state";
import {
  comparedText,
  counted,
  describeMetrics,
  duration,
  outcomeText,
  shortNumber,
  stepName,
} from "./format";
import { changedOutside } from "./write";

/** Everything that `status` knows; printed as text or as JSON. */
export interface Status {
  readonly endpoint: string;
  readonly split: Split;
  readonly rollout?: {
    readonly id: string;
    readonly canary: string;
    readonly startedAt: string;
    readonly situation: Situation;
    readonly step?: number;
    readonly steps: number;
    /** What the gate says now. */
    readonly gate?: Poll;
  };
  /** Against the YAML. During a rollout its split differs by design and is not in here. */
  readonly drift: Drift;
  /** In words: where it stands, and what to do next. */
  readonly lines: readonly string[];
}

export async function status(context: Context): Promise<Status> {
  const now = await current(context);
  const { live, open } = now;
  const { split, ...others } = driftOf(live, context.declared, context.scaled);
  const drift = { ...others, ...(split === undefined || open !== undefined ? {} : { split }) };
  const common = { endpoint: context.endpoint.name, split: live.split, drift };
  const head = `Live: ${describeSplit(live.split)}`;
  if (open === undefined) {
    return {
      ...common,
      lines: [head, ...closedLines(context, now), ...driftLines(context, drift)],
    };
  }
  const { rollout, progress, situation } = open;
  const at = progress.kind === "atStep" && situation === "asRecorded" ? progress : undefined;
  const gate = at === undefined ? undefined : await poll(context, rollout, at);
  return {
    ...common,
    rollout: {
      id: rollout.id,
      canary: rollout.canary,
      startedAt: rollout.startedAt,
      situation,
      ...(progress.kind === "atStep" ? { step: progress.step + 1 } : {}),
      steps: rollout.steps.length,
      ...(gate === undefined ? {} : { gate }),
    },
    lines: [
      head,
      `A rollout of ${rollout.canary} is under way since ${rollout.startedAt} (${rollout.id}).`,
      ...(at === undefined || gate === undefined
        ? interruptedLines(now, open)
        : [...stepLines(open, at, gate), ...context.meter.caveats]),
      ...driftLines(context, drift),
    ],
  };
}

function closedLines(context: Context, { last, unknown }: Current): string[] {
  if (unknown !== undefined) return [unknownRollout(context, unknown).message];
  const ended = last === undefined ? [] : [`${endedText(last)} That was at ${last.at}.`];
  return ["No rollout is under way.", ...ended, "Next: start --canary NAME begins one."];
}

function stepLines({ rollout }: OpenRollout, at: AtStep, gate: Poll): string[] {
  const { step, isLast } = stepOf(rollout, at);
  const { verdict, elapsed, transient, changed } = gate;
  const left = step.dwellSeconds - elapsed;
  const { old, canary } = verdict;
  const before = old.p95Ms === undefined ? "" : `, p95 ${shortNumber(old.p95Ms)} ms`;
  const says = {
    passed: "no limit is shown to be exceeded so far",
    breach: `breached: ${verdict.reasons.join("; ")}`,
    inconclusive: `inconclusive so far: ${verdict.reasons.join("; ")}`,
  }[verdict.kind];
  const next = isLast
    ? "promote watches the rest and closes the rollout"
    : `advance watches the rest and continues with ${stepName(rollout.steps, at.step + 1)}`;
  return [
    `It is at ${stepName(rollout.steps, at.step)} since ${at.done.time}, ${left > 0 ? `${duration(left)} left` : "its time is over"}.`,
    ...(at.stopped === undefined ? [] : [`It was stopped: ${at.stopped.reason}`]),
    `${rollout.canary}: ${describeMetrics(canary)}. Old deployments: ${counted(old.requests, "request", "requests")}${before}.`,
    ...(step.kind === "shadow"
      ? [
          "The numbers of sampled requests are known to advance and promote alone, while they send them.",
        ]
      : comparisonLines(verdict)),
    ...(verdict.own ?? []).flatMap((number) =>
      number.canary === undefined ? [] : [`${numberText(rollout.canary, number)}.`],
    ),
    `Gate: ${says}.`,
    ...oddsLines(verdict),
    ...verdict.notes,
    ...(transient === undefined ? [] : [`${transient}; the split is not changed meanwhile.`]),
    changed ?? `Next: ${next}; abort returns the traffic to the old deployments.`,
  ];
}

/** Differing fields that are listed. */
const MAX_FIELDS = 5;
const COLUMNS = 80;

/** How many answers differ and where, in 80 columns. */
function comparisonLines({ comparison }: Verdict): string[] {
  if (comparison === undefined) return [];
  const { compared, uncompared, fields } = comparison;
  if (compared + uncompared === 0) return ["Compared: no answers yet."];
  const others = uncompared === 0 ? "" : `, ${uncompared} not comparable`;
  const rest = fields.length - MAX_FIELDS;
  return [
    `Compared: ${comparedText(comparison)}${others}.`,
    ...fields.slice(0, MAX_FIELDS).map(([field, pairs]) => fieldLine(field, pairs)),
    ...(rest > 0 ? [`${" ".repeat(9)}and ${counted(rest, "more field", "more fields")}`] : []),
  ];
}

function fieldLine(field: string, pairs: number): string {
  const line = `${String(pairs).padStart(7)}  ${field}`;
  return line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line;
}

/** How far each test is from showing a breach. */
function oddsLines({ limits }: Verdict): string[] {
  const tested = limits.flatMap(({ limit, eValue, needed }) =>
    eValue === undefined || needed === undefined
      ? []
      : [`${limit} ${shortNumber(eValue)} (${shortNumber(needed)})`],
  );
  return [`Odds that a limit is exceeded (needed for a breach): ${tested.join(", ")}.`];
}

/** A write that was cut off, or a split that is nobody's. */
function interruptedLines({ live }: Current, open: Current["open"] & object): string[] {
  const { progress, situation, rollout } = open;
  if (situation === "drifted") return [changedOutside(live, progress.expected).message];
  if (progress.kind === "atStep") return [];
  const { intent } = progress;
  const what =
    intent.change.kind === "end"
      ? `its end (${outcomeText(intent.change.outcome)})`
      : stepName(rollout.steps, intent.change.step);
  const happened =
    situation === "written"
      ? "the endpoint already shows it; only the record does not yet"
      : "the endpoint shows nothing of it yet";
  return [
    `A command was interrupted at ${intent.time} while it wrote ${what}: ${describeSplit(intent.to)}.`,
    `Since then ${happened}.`,
    "Next: advance finishes that and continues; abort returns the traffic to the old deployments.",
  ];
}

function driftLines(
  { bringUpCommand }: Context,
  { split, instanceCounts, undeclared, missing, notStarted }: Drift,
): string[] {
  const lines = [
    ...(split === undefined
      ? []
      : [`The live split is not the declared one: ${describeSplit(split.declared)}.`]),
    ...instanceCounts.map(
      ({ deployment, live, declared }) =>
        `${deployment} has ${counted(live, "instance", "instances")}, and ${declared} declared.`,
    ),
  ];
  return [
    ...lines,
    ...(lines.length === 0
      ? []
      : [
          "Choose: adopt writes what is live into the YAML, restore writes the declared one to the endpoint.",
        ]),
    ...undeclared.map((name) => `${name} is there without a YAML.`),
    ...missing.map(
      (name) => `${name} is declared and does not exist. To create it: ${bringUpCommand}`,
    ),
    ...notStarted.map(
      (name) => `${name} is declared and was not started. To start it: ${bringUpCommand}`,
    ),
  ];
}
