import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import { Command } from "commander";
import { groupMembers } from "./local/endpoint/support/endpoint";
import { seededRandom } from "./local/endpoint/support/random";
import { until } from "./local/endpoint/support/router";
import { useOf } from "./soak/descriptors";
import type { Held, Ready } from "./soak/endpointProcess";
import { oneRequest, type Outcome } from "./soak/requests";
import { faultsOf, tally, type Sample } from "./soak/verdict";

/** `npm run test:soak`: see its --help. */

interface Options {
  readonly minutes: string;
  readonly callers: string;
  readonly seed: string;
}

const SAMPLE_MS = 10_000;
const MOST_WARM_UP_MS = 60_000;
/** More than the router goes on reading what nobody sends (local/endpoint/requestBody.ts). */
const SETTLED_MS = 6_000;

async function main(options: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "soak-"));
  const child = fork(join(__dirname, "soak", "endpointProcess.ts"), [folder], {
    execArgv: ["--import", require.resolve("tsx")],
    // What its own log would get.
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const [ready] = (await once(child, "message")) as [Ready];
    process.exitCode = await soak(child, ready, options);
  } finally {
    if (child.connected) {
      child.disconnect();
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function soak(child: ChildProcess, ready: Ready, options: Options): Promise<number> {
  const milliseconds = Number(options.minutes) * 60_000;
  const callers = Number(options.callers);
  const random = seededRandom(Number(options.seed));
  const warmUp = Math.min(MOST_WARM_UP_MS, milliseconds / 5);
  const call = (id: string) => oneRequest(ready, random, id);
  const rows: string[][] = [];
  const note = (time: string, outcomes: readonly Outcome[], sample: Sample) => {
    rows.push(rowOf(time, outcomes, sample));
    console.error(rows.at(-1)?.join(" | "));
  };

  const first = await load(child, call, callers, warmUp, note);
  const rest = await atRest(child);
  note("after warm-up", first, rest);
  const second = await load(child, call, callers, milliseconds - warmUp, note);
  const end = await atRest(child, rest);
  note("end", second, end);

  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  table.push(...rows);
  console.log(table.toString());
  const outcomes = [...first, ...second];
  for (const kind of [...new Set(outcomes.map((one) => one.kind))].sort()) {
    console.log(`${kind}: ${tally(outcomes.filter((one) => one.kind === kind))}`);
  }
  const faults = faultsOf(rest, end, outcomes);
  console.log(`${outcomes.length} requests, ${faults.length} faults`);
  for (const fault of faults.slice(0, 100)) console.log(fault);
  return faults.length > 0 ? 1 : 0;
}

/** Callers for a while, each with one request after another; every sample tells of the requests since the one before. */
async function load(
  child: ChildProcess,
  call: (id: string) => Promise<Outcome>,
  callers: number,
  milliseconds: number,
  note: (time: string, outcomes: readonly Outcome[], sample: Sample) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const startedAt = Date.now();
  const isOver = () => Date.now() - startedAt >= milliseconds;
  const all = Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let number = 0; !isOver(); number += 1) {
        outcomes.push(await call(`${startedAt}-${caller}-${number}`));
      }
    }),
  );
  let seen = 0;
  while (!isOver()) {
    await sleep(Math.min(SAMPLE_MS, milliseconds));
    const since = outcomes.slice(seen);
    seen = outcomes.length;
    note(`${Math.round((Date.now() - startedAt) / 1000)} s`, since, await sampleOf(child));
  }
  await all;
  return outcomes;
}

async function sampleOf(child: ChildProcess): Promise<Sample> {
  child.send("held");
  const [held] = (await once(child, "message")) as [Held];
  return {
    held,
    supervisor: useOf([child.pid ?? 0]),
    instances: useOf(held.instances.flatMap(groupMembers)),
  };
}

/** The endpoint when it holds nothing any more and, with `before`, no more descriptors than then; or as it stays. */
async function atRest(child: ChildProcess, before?: Sample): Promise<Sample> {
  await sleep(SETTLED_MS);
  let sample = await sampleOf(child);
  const holdsNothing = async () => {
    sample = await sampleOf(child);
    const { held, supervisor, instances } = sample;
    const most = before ?? sample;
    return (
      held.livePlaces + held.mirrorPlaces + held.mirrorBytes === 0 &&
      supervisor.descriptors <= most.supervisor.descriptors &&
      instances.descriptors <= most.instances.descriptors
    );
  };
  // What is held for good is a fault in the verdict.
  await until(holdsNothing).catch(() => undefined);
  return sample;
}

const HEAD = [
  ...["time", "requests", "lost", "wrong", "mirrored", "skipped"],
  ...["live places", "mirror places", "mirror bytes"],
  ...["supervisor fds", "MB", "instances fds", "MB"],
];

function rowOf(time: string, outcomes: readonly Outcome[], sample: Sample): string[] {
  const { held, supervisor, instances } = sample;
  const lost = outcomes.filter(({ result }) => result === "lost").length;
  const wrong = outcomes.filter(({ fault }) => fault !== undefined).length - lost;
  const figures = [
    ...[lost, wrong, held.mirrored, held.skipped],
    ...[held.livePlaces, held.mirrorPlaces, held.mirrorBytes],
    ...[supervisor.descriptors, supervisor.megabytes],
    ...[instances.descriptors, instances.megabytes],
  ];
  return [time, tally(outcomes), ...figures.map(String)];
}

void new Command("npm run test:soak --")
  .description(
    "Runs a local endpoint of two deployments with mirrorTraffic of 50 % under good and hostile requests, and prints every 10 s\n" +
      "what callers got, what the mirror holds, and the open descriptors and resident memory of supervisor and instances\n" +
      "(Linux). Exits with 1 when a request was lost or answered wrongly, when places or bytes are held at the end, when an\n" +
      "instance was started anew, or when descriptors grew between the end of the warm-up (a fifth, at most a minute) and\n" +
      "the end, both without requests.",
  )
  .option("--minutes <number>", "how long requests are sent", "15")
  .option("--callers <number>", "callers at once", "4")
  .option("--seed <number>", "of the random choice of requests", "1")
  .allowExcessArguments(false)
  .action(main)
  .parseAsync();
