import { EXACT, type ComparisonRules } from "../answers/differences";
import { differingFields } from "../answers/differingFields";
import { requestFiles } from "../config/rolloutSettings";
import { UserError } from "../errors";
import { MAX_COMPARED_BYTES } from "../local/endpoint/answerPair";
import { createComparisonCounters } from "../local/endpoint/comparisonCounters";
import { createMetrics, type Metrics } from "../local/endpoint/metrics";
import type { Context } from "./context";
import { comparedOf, countersOf } from "./localMeter";
import { NoAnswer, type ScoringAnswer } from "./scoringClient";
import { readRequest } from "./smoke";
import { rulesAt, type Rollout } from "./state";
import { largestOf } from "./weights";
import {
  difference,
  newlyCompared,
  NO_REQUESTS,
  NOTHING_COMPARED,
  type DeploymentWindow,
  type Window,
} from "./window";

/** Pairs in a row without an answer before the endpoint counts as not reachable. */
const MAX_NO_ANSWERS = 3;

/** The two deployments that get each request, by name. */
interface Pair {
  readonly old: string;
  readonly canary: string;
}

/** Undefined where the step sends none. @throws UserError when the settings no longer name sampled requests */
export function sampledRequestsOf(
  context: Context,
  rollout: Rollout,
  step: number,
): SampledRequests | undefined {
  const replay = rollout.steps[step]?.replay;
  if (replay === undefined) return undefined;
  const { samples } = context.plan ?? {};
  const files = samples === undefined ? [] : requestFiles(samples);
  if (files.length === 0) {
    throw new UserError(
      "This step sends sampled requests, and there are none any more: put the folder back that mlscore:rollout.samples named",
    );
  }
  const pair = { old: largestOf(rollout.baseline), canary: rollout.canary };
  const rules = rulesAt(rollout, step) ?? EXACT;
  return new SampledRequests(context, pair, rules, files, 1000 / replay.perSecond);
}

/**
 * Sends sampled requests to the canary and to the old deployment by name and compares the answers, where nobody gets the
 * answers to mirrored requests. Each request is sent once: the same request again would show nothing new.
 */
export class SampledRequests {
  private readonly metrics: { readonly old: Metrics; readonly canary: Metrics } = {
    old: createMetrics(),
    canary: createMetrics(),
  };
  private readonly comparison = createComparisonCounters();
  private sent = 0;
  private noAnswers = 0;
  /** When the next pair may be sent. */
  private slot = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly context: Pick<Context, "scoringClient" | "clock">,
    readonly pair: Pair,
    private readonly rules: ComparisonRules,
    private readonly files: readonly string[],
    private readonly betweenMs: number,
  ) {}

  get count(): number {
    return this.files.length;
  }

  /** Seconds until all are sent, if every answer is there at once. */
  get leastSeconds(): number {
    return (this.files.length * this.betweenMs) / 1000;
  }

  isOver(): boolean {
    return this.sent >= this.files.length;
  }

  /**
   * Sends pairs, one after the other, until a time in milliseconds since 1970.
   * @throws UserError when the endpoint does not answer at all
   */
  async sendUntil(time: number): Promise<void> {
    const { clock } = this.context;
    for (;;) {
      const file = this.files[this.sent];
      const at = Math.max(clock.now(), this.slot);
      const isNow = file !== undefined && at < time;
      const wait = (isNow ? at : time) - clock.now();
      if (wait > 0) await clock.sleep(wait);
      if (!isNow) return;
      this.slot = at + this.betweenMs;
      this.sent += 1;
      await this.sendPair(readRequest(file));
    }
  }

  /** What came of them so far. */
  window(): Window {
    const { old, canary } = this.metrics;
    const comparison = newlyCompared(NOTHING_COMPARED, comparedOf(this.comparison.snapshot()));
    return new Map([
      [this.pair.old, windowOf(old)],
      [this.pair.canary, { ...windowOf(canary), comparison }],
    ]);
  }

  private async sendPair(body: string): Promise<void> {
    const both = [this.ask("old", body), this.ask("canary", body)] as const;
    try {
      const [old, now] = await Promise.all(both);
      this.noAnswers = 0;
      this.comparison.record(fieldsOf(old, now, this.rules));
    } catch (error) {
      await Promise.allSettled(both);
      if (!(error instanceof NoAnswer)) throw error;
      this.comparison.record(undefined);
      this.noAnswers += 1;
      if (this.noAnswers < MAX_NO_ANSWERS) return;
      throw new UserError(
        `The endpoint does not answer: ${error.message}. Nothing was changed. Run this where its scoring URI can be reached, ` +
          "for a private one in its network (docs/network.md)",
      );
    }
  }

  private async ask(which: keyof Pair, body: string): Promise<ScoringAnswer> {
    const { scoringClient, clock } = this.context;
    const from = clock.now();
    const answer = await scoringClient.ask(this.pair[which], body);
    this.metrics[which].record(answer.status, undefined, Math.max(0, clock.now() - from));
    return answer;
  }
}

function windowOf(metrics: Metrics): DeploymentWindow {
  return {
    live: difference(NO_REQUESTS, countersOf(metrics.snapshot())),
    mirrored: difference(NO_REQUESTS, NO_REQUESTS),
  };
}

/** Undefined when one of them failed, which is for the limit on errors, or is too long to be compared. */
function fieldsOf(
  old: ScoringAnswer,
  now: ScoringAnswer,
  rules: ComparisonRules,
): string[] | undefined {
  if (old.status !== 200 || now.status !== 200) return undefined;
  if ([old, now].some(({ body }) => Buffer.byteLength(body) > MAX_COMPARED_BYTES)) return undefined;
  return differingFields(old.body, now.body, rules);
}
