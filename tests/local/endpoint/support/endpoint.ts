/** Real endpoints for the process tests: real environment, real servers, and proof that nothing is left of them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startSupervisor, type Supervisor } from "../../../../local/endpoint";
import { cacheDirectory } from "../../../../projectDirectory";
import type { SupervisorOptions } from "../../../../local/endpoint/supervisor";
import type { DeploymentSpec, EndpointSpec, ProbeSpec } from "../../../../local/endpoint/spec";
import type { EndpointStatus, ProgressEvent } from "../../../../local/endpoint/status";
import { callEndpoint, type Answer } from "./router";

/** The user's own: only the very first run installs, and `npm start` uses the same environment. */
export const CACHE_DIRECTORY = cacheDirectory();
export const FIXTURES = join(__dirname, "..", "fixtures");
const CONDA_FILE = [
  "name: test",
  "dependencies:",
  "  - pip:",
  "      - azureml-inference-server-http==1.5.1",
].join("\n");

const PROBE: ProbeSpec = {
  initialDelaySeconds: 10,
  periodSeconds: 10,
  timeoutSeconds: 2,
  successThreshold: 1,
  failureThreshold: 30,
};

export function probe(changes: Partial<ProbeSpec> = {}): ProbeSpec {
  return { ...PROBE, ...changes };
}

export function deployment(name: string, changes: Partial<DeploymentSpec> = {}): DeploymentSpec {
  return {
    name,
    revision: `${name}-1`,
    instanceCount: 1,
    codeDirectory: FIXTURES,
    scoringScript: "echo.py",
    condaFile: CONDA_FILE,
    environmentVariables: { LABEL: name },
    requestTimeoutMs: 10_000,
    maxConcurrentRequestsPerInstance: 1,
    livenessProbe: PROBE,
    readinessProbe: PROBE,
    ...changes,
  };
}

export function endpoint(
  deployments: readonly DeploymentSpec[],
  traffic: Record<string, number>,
  changes: Partial<EndpointSpec> = {},
): EndpointSpec {
  return {
    name: "test-ep",
    authMode: "Key",
    deployments,
    traffic,
    mirrorTraffic: {},
    tags: {},
    ...changes,
  };
}

export interface TestEndpoint {
  readonly supervisor: Supervisor;
  readonly folder: string;
  readonly events: ProgressEvent[];
  apply(spec: EndpointSpec): Promise<void>;
  call(desired?: object, headers?: Record<string, string>): Promise<Answer>;
  /** The labels of so many answers. */
  labels(count: number): Promise<(string | undefined)[]>;
  status(name: string): EndpointStatus["deployments"][number];
}

const open: TestEndpoint[] = [];

export async function startEndpoint(
  options: Partial<Pick<SupervisorOptions, "port" | "autoscaleClock">> & {
    readonly folder?: string;
  } = {},
): Promise<TestEndpoint> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "endpoint-test-"));
  const supervisor = await startSupervisor({
    stateDirectory: folder,
    cacheDirectory: CACHE_DIRECTORY,
    ...(options.port !== undefined && { port: options.port }),
    ...(options.autoscaleClock !== undefined && { autoscaleClock: options.autoscaleClock }),
  });
  const events: ProgressEvent[] = [];
  const call = (desired: object = {}, headers: Record<string, string> = {}) =>
    callEndpoint(supervisor.status().port, supervisor.keys().primaryKey, {
      body: JSON.stringify(desired),
      headers: { "content-type": "application/json", ...headers },
    });
  const started: TestEndpoint = {
    supervisor,
    folder,
    events,
    call,
    apply: (spec) => supervisor.apply(spec, (event) => events.push(event)),
    async labels(count) {
      const answers = await Promise.all(Array.from({ length: count }, () => call()));
      return answers.map(labelOf);
    },
    status(name) {
      const found = supervisor.status().deployments.find((each) => each.name === name);
      if (found === undefined) throw new Error(`no deployment ${name}`);
      return found;
    },
  };
  open.push(started);
  return started;
}

export function labelOf(answer: Answer): string | undefined {
  return (JSON.parse(answer.body) as { label?: string }).label;
}

/** For afterEach: closes every endpoint, and fails when a process, port, socket or lock of one is left. */
export async function closeAndExpectNothingLeft(): Promise<void> {
  for (const { supervisor, folder } of open.splice(0)) {
    const { port } = supervisor.status();
    await supervisor.close();
    expectNothingLeft(folder, port);
    rmSync(folder, { recursive: true, force: true });
  }
}

export function expectNothingLeft(folder: string, port: number): void {
  const left = [
    ...processesWith(folder),
    // Numbers end the names of files that a killed writer left, and those of an older access log.
    ...readdirSync(folder).filter(
      (name) => /\.(sock|lock|\d+)$|^processes/.test(name) && !/^access\.log\.\d$/.test(name),
    ),
    ...(listens(port) ? [`port ${port}`] : []),
  ];
  if (left.length > 0) throw new Error(`left behind: ${left.join("; ")}`);
}

/**
 * Scoring processes that belong to a state directory. They are recognised by the token file while it exists, and by
 * their parent: all of them are children of this process or of a supervisor on that directory.
 */
function processesWith(folder: string): string[] {
  return processes().filter(
    (line) =>
      line.includes(folder) ||
      (line.includes("server.py --token") && line.startsWith(`${process.pid} `)),
  );
}

/** Lines of `parent pid group command`. One that has ended and only waits to be collected by its parent is none. */
export function processes(): string[] {
  const columns = ["-A", "-ww", "-o", "stat=,ppid=,pid=,pgid=,args="];
  return execFileSync("ps", columns, { encoding: "utf8" })
    .split("\n")
    .filter((line) => !line.startsWith("Z"))
    .map((line) => line.trim().split(/\s+/).slice(1).join(" "));
}

/** Process ids in the group that this process leads. */
export function groupMembers(leader: number): number[] {
  return processes()
    .map((line) => line.split(" "))
    .filter(([, , group]) => Number(group) === leader)
    .map(([, pid]) => Number(pid));
}

/** Whether SIGSTOP has reached all of a group: until then, a thread that did not get it may still act. */
export function isGroupStopped(leader: number): boolean {
  const pids = groupMembers(leader).join();
  const states = execFileSync("ps", ["-o", "stat=", "-p", pids], { encoding: "utf8" });
  return states
    .trim()
    .split("\n")
    .every((state) => state.startsWith("T"));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** TCP ports that a process listens on, on whatever address; of Linux alone. */
export function listeningPorts(pid: number): number[] {
  const folder = `/proc/${pid}/fd`;
  const files = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(join(folder, fd));
    } catch {
      // Closed since; the one of this very look is too.
      return "";
    }
  });
  const sockets = new Set(files.flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []));
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFileSync(path, "utf8"));
  const lines = tables
    .flatMap((table) => table.split("\n"))
    .map((line) => line.trim().split(/\s+/));
  return lines
    .filter(([, , , state, , , , , , inode = ""]) => state === "0A" && sockets.has(inode))
    .map(([, local = ""]) => parseInt(local.slice(local.lastIndexOf(":") + 1), 16));
}

function listens(port: number): boolean {
  const script = `require("net").connect(${port},"127.0.0.1").on("connect",()=>process.exit(1)).on("error",()=>process.exit(0))`;
  try {
    execFileSync(process.execPath, ["-e", script]);
    return false;
  } catch {
    return true;
  }
}
