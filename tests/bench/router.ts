/**
 * What a router adds to a request: this checkout's, another checkout's, and nginx with a weighted upstream, in front of the
 * same two servers. By turns in each round, so that a slow moment of the machine meets all of them.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type NetConnectOpts } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { measure, type Latencies } from "./keptCallers";
import { ratios, spread, spreadText, type BenchOptions, type Section } from "./section";

const PROJECT = join(__dirname, "..", "..");
const KEY = "bench-key-0123456789-0123456789-0123";
const BODY = JSON.stringify({ data: [{ gauge: "marburg", values: Array(40).fill(1.25) }] });
const REQUEST = Buffer.from(
  `POST /score HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
);
/** Of each candidate in a round. */
const REQUESTS = 3000;
/** At once. */
const CALLERS = [1, 4];
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
  const file = join(folder, `nginx-${port}.conf`);
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${folder}/nginx-${port}.pid; error_log stderr;
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

export async function routerSection(options: BenchOptions): Promise<Section> {
  try {
    const rows = [];
    for (const callers of CALLERS) rows.push(...(await compared(callers, options)));
    return {
      id: "router",
      title: `What a router adds to a request, ${options.rounds} rounds of ${REQUESTS} requests`,
      rows: [["", "added p50, µs", "× nginx's", "requests/s", "CPU a request, µs"], ...rows],
    };
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compared(callers: number, { rounds, old }: BenchOptions): Promise<string[][]> {
  const sockets = [await startServer(`first${callers}`), await startServer(`second${callers}`)];
  const nginx = await startNginx(sockets);
  const candidates = [await startRouter(`this router, ${callers}`, PROJECT, sockets)];
  if (old !== undefined)
    candidates.push(await startRouter(`old router, ${callers}`, resolve(old), sockets));
  candidates.push(nginx);
  const direct: Latencies[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    console.error(round === 0 ? "warming up …" : `router, round ${round} of ${rounds} …`);
    const bare = await measure({ path: sockets[0] ?? "" }, REQUEST, callers, REQUESTS);
    if (round > 0) direct.push(bare);
    for (const { to, child, results, cpu } of candidates) {
      const before = cpuOf(child);
      const result = await measure(to, REQUEST, callers, REQUESTS);
      // The first one compiles.
      if (round === 0) continue;
      results.push(result);
      cpu.push((cpuOf(child) - before) / REQUESTS);
    }
  }
  const added = ({ results }: Candidate) =>
    results.map(({ p50 }, round) => (p50 - (direct[round]?.p50 ?? NaN)) * 1000);
  return candidates.map((one) => [
    `${one.name}${one === nginx ? `, ${callers}` : ""} caller${callers === 1 ? "" : "s"}`,
    spreadText(spread(added(one)), 0),
    spreadText(ratios(added(one), added(nginx))),
    spreadText(spread(one.results.map(({ requestsPerSecond }) => requestsPerSecond)), 0),
    spreadText(spread(one.cpu.map((value) => value * 1000)), 0),
  ]);
}
