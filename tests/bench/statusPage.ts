/** What an open status page costs the router of the local endpoint, against none; by turns in each round. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SupervisorClient } from "../../local/endpoint";
import { spawnSupervisor } from "../../local/endpoint/spawnSupervisor";
import { sendLoad } from "../../local/load/command";
import { formatLine } from "../../rollout/record";
import { PLACE } from "../armHarness";
import { CACHE_DIRECTORY, deployment, endpoint } from "../local/endpoint/support/endpoint";
import { Workbench } from "../rollout/harness";
import { processorTimeOf } from "./processorTime";
import { ratios, spread, spreadText, type BenchOptions, type Section } from "./section";

const RATE = { perSecond: 200, seconds: 15, maxInFlight: 256 };
/** More than there are at once, so that none is refused. */
const CONCURRENT = { maxConcurrentRequestsPerInstance: 1000 };
const BODIES = [Buffer.from("{}")];

interface Samples {
  readonly name: string;
  readonly p50: number[];
  readonly p95: number[];
  readonly processor: number[];
}

export async function statusSection({ rounds }: BenchOptions): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), "bench-status-"));
  const rolloutRecord = join(folder, "rollout.jsonl");
  writeFileSync(rolloutRecord, await recordedRollout());
  const options = { stateDirectory: join(folder, "endpoint"), cacheDirectory: CACHE_DIRECTORY };
  const supervisor = await spawnSupervisor({ ...options, rolloutRecord });
  try {
    const both = [deployment("blue", CONCURRENT), deployment("green", CONCURRENT)];
    const spec = endpoint(both, { blue: 90, green: 10 }, { name: PLACE.endpointName });
    await supervisor.apply(spec, () => undefined);
    const without = newSamples("no page");
    const open = newSamples("a page is open");
    // The first one compiles, and does not count.
    for (let round = 0; round <= rounds; round += 1) {
      console.error(round === 0 ? "warming up …" : `status, round ${round} of ${rounds} …`);
      const turns = [
        () => measured(supervisor, without, round > 0),
        () => whilePageIsOpen(supervisor, () => measured(supervisor, open, round > 0)),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    }
    return {
      id: "status",
      title: `${RATE.perSecond} requests a second, ${rounds} rounds of ${RATE.seconds} s`,
      rows: [
        ["", "p50, ms", "×", "p95, ms", "×", "CPU of the router, ms/s", "×"],
        ...[without, open].map((one) => row(one, without)),
      ],
    };
  } finally {
    await supervisor.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function newSamples(name: string): Samples {
  return { name, p50: [], p95: [], processor: [] };
}

function row({ name, p50, p95, processor }: Samples, base: Samples): string[] {
  return [
    name,
    spreadText(spread(p50)),
    spreadText(ratios(p50, base.p50)),
    spreadText(spread(p95)),
    spreadText(ratios(p95, base.p95)),
    spreadText(spread(processor), 0),
    spreadText(ratios(processor, base.processor)),
  ];
}

async function measured(
  supervisor: SupervisorClient,
  samples: Samples,
  counts: boolean,
): Promise<void> {
  const before = processorTimeOf(supervisor.pid);
  const result = await sendLoad(supervisor, BODIES, RATE, new AbortController().signal);
  const processor = (processorTimeOf(supervisor.pid) - before) / RATE.seconds;
  const statuses = result.deployments.flatMap(({ byStatus }) => [...byStatus.keys()]);
  if (statuses.some((status) => status !== 200)) throw new Error(`answered ${statuses.join(", ")}`);
  if (!counts) return;
  samples.p50.push(result.latencyMs.p50);
  samples.p95.push(result.latencyMs.p95);
  samples.processor.push(processor);
}

/** As a browser has it open: by the link's cookie, with a connection for events, the log of an instance among them. */
async function whilePageIsOpen(
  supervisor: SupervisorClient,
  work: () => Promise<void>,
): Promise<void> {
  const link = new URL(await supervisor.statusLink());
  const entered = await answerTo(link);
  entered.resume();
  const cookie = (entered.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
  const events = await answerTo(new URL("/_status/events?log=blue%200", link), { cookie });
  let bytes = 0;
  events.on("data", (part: Buffer) => (bytes += part.length));
  await work();
  events.destroy();
  if (bytes === 0) throw new Error("the status page got no event");
}

async function answerTo(url: URL, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const [answer] = (await once(get(url, { headers, agent: false }), "response")) as [
    IncomingMessage,
  ];
  return answer;
}

/** The record of a rollout that is under way. */
async function recordedRollout(): Promise<string> {
  const bench = new Workbench();
  try {
    await bench.start();
    return bench.lines().map(formatLine).join("");
  } finally {
    bench.remove();
  }
}
