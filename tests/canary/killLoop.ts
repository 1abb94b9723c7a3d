/** Random kills of rollout commands, and exact counts of what came of them; the same for every kind of endpoint. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, statSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ended, Recorded } from "../../rollout/state";

export type KilledCommand = "start" | "promote" | "abort";

/** An endpoint whose rollout commands are killed. */
export interface KillSite {
  /** Starts a command of the tool, with pipes for what it says. */
  readonly spawn: (command: KilledCommand | "status", args: readonly string[]) => ChildProcess;
  /** Held by a command while it works. */
  readonly lockFile: string;
  /** About how long each command works, in milliseconds: half of the kills are at a random moment of that. */
  readonly longestMs: Readonly<Record<KilledCommand, number>>;
  /** The record's; the others are soon after a command has added to it, which is where the writes are. */
  readonly recordFile: string;
  readonly recorded: () => Recorded;
  readonly canary: () => string;
  /** Splits that the plan has, as `old/canary`. */
  readonly planned: readonly string[];
  /** Counts each split that the endpoint shows from now on, until what it returns is called. */
  readonly watch: (onSplit: (split: string) => void) => () => Promise<void>;
  /** Checks what is live and declared, and makes the next rollout possible. @throws Error when they are not the outcome's */
  readonly afterEnd: (outcome: Ended["outcome"]) => Promise<void>;
}

/** What came of a run; the fields whose name says so must be zero. */
export interface KillCounts {
  readonly seed: number;
  /** Commands that were killed while they held the lock, so that they were at work. */
  readonly kills: Record<KilledCommand, number>;
  /** Of them, how many were killed between the announcement and the confirmation of a write on record. */
  duringWrite: number;
  /** Commands that had ended before their kill, so that they count as none. */
  endedBefore: number;
  /** After each kill: `status` exits with 0 and says what to do next. */
  explained: number;
  /** Rollouts that ended, each by a command after the last kill or despite it. */
  readonly ended: Record<string, number>;
  /** Each split that was seen, and how often. */
  readonly splits: Record<string, number>;
  /** Must be zero. */
  splitsOutsidePlan: number;
}

export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  readonly random: () => number;
}

/** How often a command is killed, rather than left to do its work. */
const KILLED = 0.85;
/** How often a rollout under way is promoted, rather than aborted. */
const PROMOTED = 0.7;
const POLL_MS = 10;
/** How soon after a line on record a write may still be under way, in milliseconds. */
const WRITE_MS = 400;

/**
 * Begins rollouts and ends them by commands of which most are killed, until so many kills were made.
 *
 * @throws Error when a state is not explained, or not finished by the next command
 */
export async function killCommands(
  site: KillSite,
  { kills: wanted, seed, random }: KillOptions,
): Promise<KillCounts> {
  const counts: KillCounts = {
    seed,
    kills: { start: 0, promote: 0, abort: 0 },
    duringWrite: 0,
    endedBefore: 0,
    explained: 0,
    ended: {},
    splits: {},
    splitsOutsidePlan: 0,
  };
  const done = () => counts.kills.start + counts.kills.promote + counts.kills.abort;
  const isOpen = () => site.recorded().open !== undefined;
  const argumentsOf = (command: KilledCommand) =>
    ({ start: ["--canary", site.canary()], promote: ["--inconclusive"], abort: [] })[command];

  const run = async (command: KilledCommand) => {
    const isKilled = done() < wanted && random() < KILLED;
    const args = argumentsOf(command);
    if (!isKilled) {
      const { status, said } = await finished(site.spawn(command, args));
      // An end that another command announced is finished first, and told as a failure where it was not this one's.
      if (status !== 0 && isOpen()) throw new Error(`${command} did not finish:\n${said}`);
      return;
    }
    if (!(await killed(site, command, args, random))) {
      counts.endedBefore += 1;
      return;
    }
    counts.kills[command] += 1;
    if (site.recorded().open?.progress.kind === "writing") counts.duringWrite += 1;
    const { status, said } = await finished(site.spawn("status", []));
    if (status !== 0 || !/^Next: /m.test(said)) {
      throw new Error(`after kill ${done()}, of ${command}, status says (${status}):\n${said}`);
    }
    counts.explained += 1;
    process.stderr.write(`kill ${done()} of ${wanted}: ${command}\n`);
  };

  const stop = site.watch((split) => {
    counts.splits[split] = (counts.splits[split] ?? 0) + 1;
    if (!site.planned.includes(split)) counts.splitsOutsidePlan += 1;
  });
  try {
    while (done() < wanted) {
      while (!isOpen()) await run("start");
      while (isOpen()) await run(random() < PROMOTED ? "promote" : "abort");
      const { last } = site.recorded();
      if (last === undefined) throw new Error("no end is on record");
      counts.ended[last.outcome] = (counts.ended[last.outcome] ?? 0) + 1;
      await site.afterEnd(last.outcome);
    }
  } finally {
    await stop();
  }
  return counts;
}

/** Adds a run's counts as a line of JSON to the file that `MLSCORE_KILL_COUNTS` names, so that runs of other seeds add up. */
export function tellCounts(counts: object): void {
  const line = `${JSON.stringify(counts)}\n`;
  process.stderr.write(line);
  const file = process.env["MLSCORE_KILL_COUNTS"];
  if (file !== undefined) appendFileSync(file, line);
}

/** Runs a command and kills it at a random moment of its work. @returns false when it had ended before */
async function killed(
  { spawn, lockFile, longestMs, recordFile }: KillSite,
  command: KilledCommand,
  args: readonly string[],
  random: () => number,
): Promise<boolean> {
  const before = changedAt(lockFile);
  const child = spawn(command, args);
  const closed = once(child, "close");
  child.stdout?.resume();
  child.stderr?.resume();
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  // The lock of a killed command stays as it was until another one takes it over, after five seconds.
  while (!isOver() && [before, undefined].includes(changedAt(lockFile))) await sleep(POLL_MS);
  const [isSoonAfterLine, part] = [random() < 0.5, random()];
  const lines = changedAt(recordFile);
  while (isSoonAfterLine && !isOver() && changedAt(recordFile) === lines) await sleep(POLL_MS);
  await Promise.race([sleep(part * (isSoonAfterLine ? WRITE_MS : longestMs[command])), closed]);
  child.kill("SIGKILL");
  await closed;
  return child.signalCode === "SIGKILL";
}

function changedAt(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** Exit status and everything that it said. */
async function finished(child: ChildProcess): Promise<{ status: number | null; said: string }> {
  if (child.stdout === null || child.stderr === null) throw new Error("a command without pipes");
  const ended = once(child, "close");
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status: child.exitCode, said: `${out}${error}` };
}
