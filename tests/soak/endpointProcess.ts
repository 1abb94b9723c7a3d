/**
 * The endpoint of a soak in a process of its own, so that its descriptors and memory are those of the supervisor alone. It
 * says through the channel to its parent when it is ready, and answers every message with what it holds at that moment.
 */
import { join } from "node:path";

import { startSupervisor, type DeploymentStatus } from "../../local/endpoint";
import { mirroredBytesHeld } from "../../local/endpoint/heldBody";
import { CACHE_DIRECTORY, deployment, endpoint } from "../local/endpoint/support/endpoint";

export interface Ready {
  readonly port: number;
  readonly key: string;
}

/** What an endpoint holds at one moment, and what it has mirrored so far. */
export interface Held {
  /** Places that live requests take on the deployment that gets them. */
  readonly livePlaces: number;
  readonly mirrorPlaces: number;
  readonly mirrorBytes: number;
  readonly mirrored: number;
  readonly skipped: number;
  /** Leaders of the instances' process groups. */
  readonly instances: readonly number[];
}

const LIVE = "blue";
const MIRROR = "green";
/**
 * An instance admits twice as many. A caller that leaves goes on before the router has seen it leave, so that requests under
 * way may be many more than callers: the live deployment has places for all of them, and refuses none while no place leaks.
 */
const PLACES = { [LIVE]: 1000, [MIRROR]: 4 };
/** Far longer than anything takes: what is refused for its time would say how busy the machine is. */
const REQUEST_TIMEOUT_MS = 300_000;

async function main(): Promise<void> {
  const supervisor = await startSupervisor({
    stateDirectory: process.argv[2] ?? "",
    cacheDirectory: CACHE_DIRECTORY,
  });
  process.once("disconnect", () => void supervisor.close().then(() => process.exit()));
  const settings = {
    codeDirectory: join(__dirname, "script"),
    scoringScript: "score.py",
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  };
  const deployments = Object.entries(PLACES).map(([name, maxConcurrentRequestsPerInstance]) =>
    deployment(name, { ...settings, maxConcurrentRequestsPerInstance }),
  );
  const spec = endpoint(deployments, { [LIVE]: 100 }, { mirrorTraffic: { [MIRROR]: 50 } });
  await supervisor.apply(spec, ({ phase, message }) => {
    if (phase === "warning" || phase === "failed") console.error(message);
  });
  process.on("message", () => {
    process.send?.(held(supervisor.status().deployments));
  });
  const { port } = supervisor.status();
  process.send?.({ port, key: supervisor.keys().primaryKey } satisfies Ready);
}

function held(deployments: readonly DeploymentStatus[]): Held {
  const of = (name: string) => deployments.find((one) => one.name === name);
  const [live, mirror] = [of(LIVE), of(MIRROR)];
  return {
    livePlaces: live?.inFlight ?? NaN,
    mirrorPlaces: mirror?.inFlight ?? NaN,
    mirrorBytes: mirroredBytesHeld(),
    mirrored: mirror?.mirrored.requests ?? NaN,
    skipped: mirror?.mirrored.skipped ?? NaN,
    instances: deployments.flatMap(({ instances }) => instances.flatMap(({ pid }) => pid ?? [])),
  };
}

void main();
