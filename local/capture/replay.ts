/** Sends captured requests to a deployment again, and compares the answers with the captured ones or with another deployment's. */
import { answerDifferences, type Answer } from "../../answers/answerDifferences";
import type { ComparisonRules } from "../../answers/differences";
import type { Captured } from "./capturedFile";

export interface ReplayOptions {
  readonly against: string;
  /** Whose answers count as right. @default the captured ones */
  readonly compareWith?: string;
  readonly rules: ComparisonRules;
  readonly perSecond: number;
  /** Requests under way at once. */
  readonly inFlight: number;
}

export interface ReplayResult {
  readonly sent: number;
  readonly same: number;
  readonly different: number;
  /** The answer that counts as right is no JSON. */
  readonly uncompared: number;
  /** Requests by differing field, the most frequent first. */
  readonly fields: readonly (readonly [field: string, requests: number])[];
  /** The first differences. */
  readonly examples: readonly string[];
}

/** Sends a captured request to a deployment by its name. Rejects when there is no answer at all. */
export type Ask = (deployment: string, request: Captured) => Promise<Answer>;

export interface ReplayClock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Differences that are shown. */
const EXAMPLES = 5;
/** Differences that are read in one pair of answers. */
const MOST_DIFFERENCES = 1000;

/** @param onProgress is told how many answers there are, after each tenth of all */
export async function replay(
  requests: readonly Captured[],
  { against, compareWith, rules, perSecond, inFlight }: ReplayOptions,
  ask: Ask,
  clock: ReplayClock,
  onProgress: (answered: number) => void,
): Promise<ReplayResult> {
  const fields = new Map<string, number>();
  const examples: string[] = [];
  let [same, different, uncompared] = [0, 0, 0];
  const compare = (request: Captured, known: Answer, now: Answer) => {
    const ignore = [...rules.ignore, ...(request.leftOut ?? [])];
    const all = answerDifferences(known, now, { ...rules, ignore });
    if (all === undefined) {
      uncompared += 1;
      return;
    }
    const found = firstOf(all, MOST_DIFFERENCES);
    if (found.length === 0) same += 1;
    else different += 1;
    for (const field of new Set(found.map((one) => one.field))) {
      fields.set(field, (fields.get(field) ?? 0) + 1);
    }
    const [first] = found;
    if (first !== undefined && examples.length < EXAMPLES) {
      examples.push(`line ${request.line} ${first.path}: ${first.what}`);
    }
  };

  const startedAt = clock.now();
  const step = Math.max(1, Math.ceil(requests.length / 10));
  let [next, answered] = [0, 0];
  const sender = async () => {
    for (;;) {
      const index = next;
      const request = requests[index];
      if (request === undefined) return;
      next += 1;
      const wait = startedAt + (index * 1000) / perSecond - clock.now();
      if (wait > 0) await clock.sleep(wait);
      const [now, known] = await Promise.all([
        ask(against, request),
        compareWith === undefined
          ? { status: request.status, body: request.answer }
          : ask(compareWith, request),
      ]);
      compare(request, known, now);
      answered += 1;
      if (answered % step === 0) onProgress(answered);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, requests.length) }, sender));
  const byCount = [...fields].toSorted(([, one], [, other]) => other - one);
  return { sent: answered, same, different, uncompared, fields: byCount, examples };
}

function firstOf<T>(all: Iterable<T>, most: number): T[] {
  const first: T[] = [];
  for (const one of all) {
    first.push(one);
    if (first.length === most) break;
  }
  return first;
}
