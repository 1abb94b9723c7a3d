/** Ctrl-C, or a request to end, while a command changes a rollout: says what stays as it is, and how to go on. */
import { describeSplit } from "../traffic/split";
import type { Context } from "./context";
import { endedText } from "./current";
import { outcomeText, stepName } from "./format";
import { recorded, type OpenRollout } from "./state";

/** As shells give it for a command that a signal ended. */
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof STATUS;

/** What is used of the process. */
export interface Interruptible {
  once(signal: Signal, listener: () => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
  exit(status: number): void;
}

/** What a command may change: the split alone, or deployments and YAML too. */
export type Changes = "split" | "declaration";

/** Runs `work`; a signal ends the process at once, which every command that comes after it can go on from. */
export async function reportInterruption(
  context: Context,
  changes: Changes,
  work: () => Promise<void>,
  host: Interruptible = process,
): Promise<void> {
  const listeners = Object.entries(STATUS).map(([signal, status]) => {
    const listener = () => {
      void interruptedText(context, changes)
        .then((text) => {
          context.reporter.warn(text);
        })
        .finally(() => {
          host.exit(status);
        });
    };
    host.once(signal as Signal, listener);
    return [signal as Signal, listener] as const;
  });
  try {
    await work();
  } finally {
    for (const [signal, listener] of listeners) host.off(signal, listener);
  }
}

/** By the record alone: the user who presses Ctrl-C does not wait for the endpoint. */
async function interruptedText({ record, endpoint }: Context, changes: Changes): Promise<string> {
  if (changes === "declaration") {
    return "Interrupted. Next: status shows what is live, and where the YAML differs; then run the command again.";
  }
  const { open, last } = recorded(await record.lines(), endpoint.name);
  if (open !== undefined) return openText(open);
  const ended = last === undefined ? "" : ` ${endedText(last)}`;
  return `Interrupted. No rollout is under way.${ended} Next: status shows what is live, and where the YAML differs.`;
}

function openText({ rollout, progress }: OpenRollout): string {
  const split = describeSplit(progress.expected.split);
  const goesOn = "Next: promote goes on; abort gives the requests back to the old deployments.";
  if (progress.kind === "atStep") {
    return [
      `Interrupted. The requests stay as they are, at ${stepName(rollout.steps, progress.step)}: ${split}.`,
      "No deployment and no YAML was changed.",
      goesOn,
    ].join("\n");
  }
  const { change } = progress.intent;
  const what =
    change.kind === "end"
      ? `the rollout's end (${outcomeText(change.outcome)})`
      : stepName(rollout.steps, change.step);
  return [
    `Interrupted while it wrote ${what}: ${split}. status shows whether the endpoint has that already.`,
    "No deployment and no YAML was changed.",
    change.kind === "end"
      ? "Next: promote or abort finishes what was interrupted."
      : goesOn.replace("goes on", "finishes that and goes on"),
  ].join("\n");
}
