/**
 * What a router adds to a request: this checkout's, another checkout's, and nginx with a weighted upstream, in front of the
 * same two servers. By turns in each round, so that a slow moment of the machine meets all of them.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type NetConnectOpts } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { Command } from "commander";

import { measure, type Latencies } from "./keptCallers";

const PROJECT = join(__dirname, "..", "..");
const KEY = "bench-key-0123456789-0123456789-0123";
const BODY = JSON.stringify({ data: [{ gauge: "marburg", values: Array(40).fill(1.25) }] });
const REQUEST = Buffer.from(
  `POST /score HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
);
/** A server that answers at once, so that what is measured is the router. */
const SERVER = `
  require("node:http").createServer((req, res) => {
    req.resume().on("end", () => {
      res.setHeader("content-type", "application/json").setHeader("content-length", 2).end("{}");
    });
  }).listen(process.argv[1], () => console.log("ready"));`;

interface Candidate {
  readonly name: string;
  readonly to: NetConnectOpts;
  readonly child: ChildProcess;
  readonly results: Latencies[];
  /** Milliseconds of processor time for one request, in each round. */
  readonly cpu: number[];
}

const folder = mkdtempSync(join(tmpdir(), "bench-"));
const children: ChildProcess[] = [];

async function start(command: string, args: readonly string[]): Promise<[ChildProcess, string]> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], cwd: PROJECT });
  children.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return [child, line.toString().trim()];
}

async function startServer(name: string): Promise<string> {
  const socketPath = join(folder, `${name}.sock`);
  await start(process.execPath, ["-e", SERVER, socketPath]);
  return socketPath;
}

async function startRouter(name: string, checkout: string, sockets: string[]): Promise<Candidate> {
  const script = join(__dirname, "routerProcess.ts");
  const log = join(folder, `${name.replaceAll(" ", "-")}.log`);
  const args = ["--import", "tsx", script, checkout, KEY, log, ...sockets];
  const [child, port] = await start(process.execPath, args);
  return { name, to: { port: Number(port), host: "127.0.0.1" }, child, results: [], cpu: [] };
}

/** With what the router does, too: the key is checked, and each request has a line in a log. */
async function startNginx(sockets: readonly string[]): Promise<Candidate> {
  const port = await freePort();
  const servers = sockets.map(
    (path, index) => `server unix:${path} weight=${index === 0 ? 9 : 1};`,
  );
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr;
events { worker_connections 512; }
http {
  access_log ${folder}/nginx.log;
  client_body_temp_path ${folder}/bodies;
  proxy_temp_path ${folder}/answers;
  upstream models { ${servers.join(" ")} keepalive 32; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location = /score {
      if ($http_authorization != "Bearer ${KEY}") { return 401; }
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "";
      proxy_set_header X-Request-Id $request_id;
      proxy_pass http://models;
    }
  }
}`,
  );
  const child = spawn("nginx", ["-c", file, "-p", folder], { stdio: "inherit" });
  children.push(child);
  await once(child, "spawn");
  return { name: "nginx", to: { port, host: "127.0.0.1" }, child, results: [], cpu: [] };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Milliseconds of processor time so far; the kernel counts hundredths of a second (proc(5), stat). */
function cpuOf({ pid = 0 }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** Median, and the lowest and highest of the rounds. */
function spread(values: readonly number[], digits: number): string {
  const all = sorted(values);
  const [low, middle, high] = [all[0], all[all.length >> 1], all.at(-1)];
  return `${middle?.toFixed(digits)} (${low?.toFixed(digits)} to ${high?.toFixed(digits)})`;
}

interface Options {
  readonly old?: string;
  readonly rounds: string;
  readonly requests: string;
  readonly callers: string;
  readonly nginx: boolean;
}

async function main({ old, rounds, requests, callers, nginx }: Options): Promise<void> {
  const sockets = [await startServer("first"), await startServer("second")];
  const candidates = [await startRouter("this router", PROJECT, sockets)];
  if (old !== undefined) candidates.push(await startRouter("old router", old, sockets));
  if (nginx) candidates.push(await startNginx(sockets));
  const count = Number(requests);
  const direct: Latencies[] = [];
  for (let round = 0; round <= Number(rounds); round += 1) {
    console.error(round === 0 ? "warming up …" : `round ${round} of ${rounds} …`);
    const bare = await measure({ path: sockets[0] ?? "" }, REQUEST, Number(callers), count);
    if (round > 0) direct.push(bare);
    for (const { to, child, results, cpu } of candidates) {
      const before = cpuOf(child);
      const result = await measure(to, REQUEST, Number(callers), count);
      // The first one compiles.
      if (round === 0) continue;
      results.push(result);
      cpu.push((cpuOf(child) - before) / count);
    }
  }
  const added = ({ results }: Candidate) =>
    results.map(({ p50 }, round) => (p50 - (direct[round]?.p50 ?? NaN)) * 1000);
  const peer = candidates.at(-1);
  if (peer === undefined) return;
  const table = new Table({
    head: ["", "added p50, µs", `× ${peer.name}`, "requests/s", "CPU a request, µs"],
    style: { head: [], border: [] },
  });
  for (const one of candidates) {
    const ratios = added(one).map((value, round) => value / (added(peer)[round] ?? NaN));
    const perSecond = one.results.map(({ requestsPerSecond }) => requestsPerSecond);
    const micros = one.cpu.map((value) => value * 1000);
    table.push([
      one.name,
      spread(added(one), 0),
      spread(ratios, 2),
      spread(perSecond, 0),
      spread(micros, 0),
    ]);
  }
  console.log(`${callers} callers, ${rounds} rounds of ${requests} requests: median (range)`);
  console.log(table.toString());
}

void new Command("npm run bench:router --")
  .description("Prints what the router adds to a request, beside nginx and another checkout.")
  .option("--old <dir>", "another checkout of this project, with its packages installed")
  .option("--rounds <n>", "rounds that are counted", "7")
  .option("--requests <n>", "requests of each candidate in a round", "3000")
  .option("--callers <n>", "callers at once", "1")
  .option("--no-nginx", "without nginx")
  .allowExcessArguments(false)
  .action(async (options: Options) => {
    try {
      await main(options);
    } finally {
      for (const child of children) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  })
  .parseAsync();
