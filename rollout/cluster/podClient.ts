import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { SCORING_PORT, trackName, type Track } from "../../config/production/scoringNames";
import { answerText, NoAnswer, type ScoringClient } from "../scoringClient";
import { accessArguments, type ClusterAccess } from "./kubernetes";
import { TRACKS } from "./route";

/** Longer than the longest time limit of a deployment (Microsoft Learn "Manage and increase quotas": 180 s). */
const TIMEOUT_MS = 190_000;

/**
 * kubectl beside a reader of this process's end: a forwarding that outlives the command, killed or not, would keep a port
 * of this machine open.
 */
const WITH_PARENT =
  'exec 3<&0; kubectl "$@" & pid=$!; { cat <&3 >/dev/null; kill $pid; } 2>/dev/null & wait $pid';

interface Forwarding {
  readonly child: ChildProcess;
  readonly port: number;
}

/**
 * Sends scoring requests to a pod of one track, whatever its share of the requests: `kubectl port-forward` reaches it over the
 * API server from wherever that is reached, and inside the pod's own network, so that no NetworkPolicy is in between.
 */
export function podScoringClient(access: ClusterAccess, endpointName: string): ScoringClient {
  const open = new Map<Track, Promise<Forwarding>>();
  const forwardingTo = (track: Track) => {
    const known = open.get(track);
    if (known !== undefined) return known;
    const forwarding = forward(access, endpointName, track);
    open.set(track, forwarding);
    const forget = () => open.delete(track);
    forwarding.then(({ child }) => child.once("exit", forget), forget);
    return forwarding;
  };
  return {
    async ask(deployment, body) {
      const track = TRACKS.find((one) => one === deployment);
      if (track === undefined) throw new NoAnswer(`there is no track ${deployment}`);
      const { child, port } = await forwardingTo(track);
      try {
        const response = await fetch(`http://127.0.0.1:${port}/score`, {
          method: "POST",
          body,
          redirect: "error",
          signal: AbortSignal.timeout(TIMEOUT_MS),
          headers: { "content-type": "application/json" },
        });
        return { status: response.status, body: await answerText(response) };
      } catch (error) {
        // Its pod may be gone; the next try takes another one.
        child.stdin?.end();
        open.delete(track);
        const { cause, message } = error as Error;
        const why = cause instanceof Error ? cause.message : message;
        throw new NoAnswer(`${trackName(track)}: ${why}`);
      }
    },
  };
}

async function forward(
  access: ClusterAccess,
  endpointName: string,
  track: Track,
): Promise<Forwarding> {
  const target = `deployment/${trackName(track)}`;
  const child = spawn(
    "sh",
    [
      "-c",
      WITH_PARENT,
      "sh",
      ...accessArguments(access),
      ...["port-forward", "--address", "127.0.0.1", "-n", endpointName, target, `:${SCORING_PORT}`],
    ],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  let problem = "";
  child.stderr.on("data", (chunk: Buffer) => (problem += chunk.toString()));
  child.stdin.on("error", () => undefined);
  const port = await Promise.race([portSaidBy(child), once(child, "exit").then(() => undefined)]);
  if (port === undefined) {
    throw new NoAnswer(`${trackName(track)} cannot be reached: ${problem.trim()}`);
  }
  // The command ends when it is done; nothing has to be read from this any more.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if (stream instanceof Socket) stream.unref();
  }
  return { child, port };
}

/** Undefined when it ends without. */
async function portSaidBy({ stdout }: ChildProcess): Promise<number | undefined> {
  if (stdout === null) return undefined;
  for await (const line of createInterface({ input: stdout })) {
    const port = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    // Left to flow: kubectl ends when nobody takes what it says of each connection.
    stdout.resume();
    return Number(port);
  }
  return undefined;
}
