import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { lockedPython, scoringPython } from "../python";
import { spreadText, type BenchOptions, type Section, type Spread } from "./section";

/**
 * The example's scoring script under azmlinfsrv, scorehost and other servers for models, by turns: scoring/tests/bench/servers.py
 * measures. Each peer has an environment of its own, from its lock file in scoring/tests/bench/peers.
 */

const SCORING = join(__dirname, "..", "..", "scoring");
const PEERS = join(SCORING, "tests", "bench", "peers");
/** Drawn in the chart: what most callers send. */
const DRAWN = { deployment: "compact", request: "one row" };

interface Row {
  readonly server: string;
  readonly per_second: number;
  readonly p50_ms: number;
  readonly processor_us: number;
  readonly rate_ratio: Spread;
  readonly processor_ratio: Spread;
}

interface Result {
  readonly deployment: string;
  readonly request: string;
  readonly rows: readonly Row[];
}

export function serversSection({ rounds, old }: BenchOptions): Section {
  const locks = readdirSync(PEERS).filter((file) => file.endsWith(".txt"));
  const peers = locks.flatMap((file) => [
    "--peer",
    `${basename(file, ".txt")}=${lockedPython(join(PEERS, file))}`,
  ]);
  const others = old === undefined ? [] : ["--old", join(resolve(old), "scoring")];
  const args = ["-m", "tests.bench.servers", "--json", "--rounds", String(rounds)];
  const done = spawnSync(scoringPython(), [...args, ...peers, ...others], {
    cwd: SCORING,
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: "src:.:host", PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (done.status !== 0) throw new Error("The servers could not be compared.");
  return section(JSON.parse(done.stdout) as Result[], rounds);
}

function section(results: readonly Result[], rounds: number): Section {
  const drawn = results.find(
    ({ deployment, request }) => deployment === DRAWN.deployment && request === DRAWN.request,
  );
  const first = results[0]?.rows[0]?.server ?? "";
  return {
    id: "servers",
    title: `Servers of the same scoring script, two workers, eight callers, ${rounds} rounds; × is to ${first}`,
    rows: [
      ["deployment, request", "server", "requests/s", "×", "p50, ms", "CPU a request, µs", "×"],
      ...results.flatMap(({ deployment, request, rows }) =>
        rows.map((row, index) => [
          index === 0 ? `${deployment}, ${request}` : "",
          row.server,
          row.per_second.toFixed(0),
          spreadText(row.rate_ratio),
          row.p50_ms.toFixed(2),
          row.processor_us.toFixed(0),
          spreadText(row.processor_ratio),
        ]),
      ),
    ],
    bars: (drawn?.rows ?? []).map(({ server, rate_ratio }) => ({ name: server, ...rate_ratio })),
  };
}
