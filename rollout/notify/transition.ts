import { describeSplit, type Split } from "../../traffic/split";
import { outcomeText } from "../format";
import { stepName } from "../format";
import type { Line } from "../record";
import { recorded } from "../state";

/** What people are told about: a step or the end that the endpoint now shows, a gate that stopped, a canary that was refused. */
export interface Transition {
  readonly event:
    "step" | "promoted" | "aborted" | "rolledBack" | "adopted" | "stopped" | "refused";
  readonly time: string;
  readonly rollout: string;
  readonly endpoint: string;
  readonly canary: string;
  /** Missing where nothing was written. */
  readonly split?: Split;
  readonly reason: string;
  /** One sentence for people. */
  readonly text: string;
}

/** What the last line of a record means; undefined for a line that only announces. */
export function transitionOf(lines: readonly Line[], endpoint: string): Transition | undefined {
  const line = lines.at(-1);
  if (line === undefined || line.event === "started" || line.event === "intent") return undefined;
  const { time, rollout } = line;
  if (line.event === "refused") {
    const { canary, reason } = line;
    const text = `${endpoint}: a rollout of ${canary} was refused: ${reason}.`;
    return { event: "refused", time, rollout, endpoint, canary, reason, text };
  }
  const { open, last } = recorded(lines, endpoint);
  if (line.event === "stopped") {
    const canary = open?.rollout.canary ?? "";
    const text = `${endpoint}: the rollout of ${canary} stopped: ${line.reason}.`;
    return { event: "stopped", time, rollout, endpoint, canary, reason: line.reason, text };
  }
  const { split, change } = line;
  if (change.kind === "end") {
    const canary = last?.rollout.canary ?? "";
    const reason = last?.reason ?? "";
    const text = `${endpoint}: the rollout of ${canary} was ${outcomeText(change.outcome)}: ${reason}. ${describeSplit(split)}.`;
    return { event: change.outcome, time, rollout, endpoint, canary, split, reason, text };
  }
  const { canary = "", steps = [] } = open?.rollout ?? {};
  const announced = lines.findLast((one) => one.event === "intent" || one.event === "started");
  const reason = announced?.event === "intent" ? announced.reason : "the rollout has started";
  const text = `${endpoint}: the rollout of ${canary} is at ${stepName(steps, change.step)}: ${describeSplit(split)}.`;
  return { event: "step", time, rollout, endpoint, canary, split, reason, text };
}
