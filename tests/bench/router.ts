/**
 * What a router adds to a request: this checkout's, another checkout's, and nginx with a weighted upstream, in front of the
 * same two servers. By turns in each round, so that a slow moment of the machine meets all of them.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { NetConnectOpts } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "../../httpServer";
import { measure } from "./keptCallers";
import { processorTimeOf } from "./processorTime";
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

/** Passes bytes on and reads no request: the least that a router in one process of Node can add. */
const BYTES_ONLY = `
  require("node:net").createServer((caller) => {
    const server = require("node:net").connect(process.argv[1]);
    for (const one of [caller, server]) one.setNoDelay().on("error", () => {});
    caller.pipe(server).pipe(caller);
  }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;

interface Candidate {
  readonly name: string;
  readonly to: NetConnectOpts;
  readonly child: ChildProcess;
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
  return { name, to: { port: Number(port), host: "127.0.0.1" }, child };
}

/** With what the router does, too: the key is checked, and each request has a line in a log. */
async function startNginx(sockets: readonly string[]): Promise<Candidate> {
  const port = await freePort();
  const servers = sockets.map(
    (path, index) => `server unix:${path} weight=${index === 0 ? 9 : 1};`,
  );
  const file = join(folder, `nginx.conf`);
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
  return { name: "nginx", to: { port, host: "127.0.0.1" }, child };
}

export async function routerSection({ rounds, old }: BenchOptions): Promise<Section> {
  try {
    const sockets = [await startServer("first"), await startServer("second")];
    const candidates = [await startRouter("this router", PROJECT, sockets)];
    if (old !== undefined) candidates.push(await startRouter("old router", resolve(old), sockets));
    const [child, port] = await start(process.execPath, ["-e", BYTES_ONLY, sockets[0] ?? ""]);
    candidates.push({
      name: "bytes only, Node",
      to: { port: Number(port), host: "127.0.0.1" },
      child,
    });
    candidates.push(await startNginx(sockets));
    const rows = [];
    for (const callers of CALLERS) {
      rows.push(...(await compared(callers, rounds, candidates, sockets[0] ?? "")));
    }
    return {
      id: "router",
      title: `What a router adds to a request, ${rounds} rounds of ${REQUESTS} requests`,
      rows: [["", "added p50, µs", "× nginx's", "requests/s", "CPU a request, µs"], ...rows],
    };
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A row for each candidate; the last one is what the others are compared with. @param direct socket of a server */
async function compared(
  callers: number,
  rounds: number,
  candidates: readonly Candidate[],
  direct: string,
): Promise<string[][]> {
  const samples = candidates.map(({ name }) => ({
    name: `${name}, ${callers === 1 ? "1 caller" : `${callers} callers`}`,
    ...{ added: [] as number[], perSecond: [] as number[], processor: [] as number[] },
  }));
  // The first one compiles, and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    console.error(round === 0 ? "warming up …" : `router, round ${round} of ${rounds} …`);
    const bare = await measure({ path: direct }, REQUEST, callers, REQUESTS);
    for (const [index, { to, child }] of candidates.entries()) {
      const before = processorTimeOf(child.pid ?? 0);
      const { p50, requestsPerSecond } = await measure(to, REQUEST, callers, REQUESTS);
      if (round === 0) continue;
      samples[index]?.added.push((p50 - bare.p50) * 1000);
      samples[index]?.perSecond.push(requestsPerSecond);
      samples[index]?.processor.push(
        ((processorTimeOf(child.pid ?? 0) - before) / REQUESTS) * 1000,
      );
    }
  }
  const last = samples.at(-1)?.added ?? [];
  return samples.map(({ name, added, perSecond, processor }) => [
    name,
    spreadText(spread(added), 0),
    spreadText(ratios(added, last)),
    spreadText(spread(perSecond), 0),
    spreadText(spread(processor), 0),
  ]);
}
