import { names, trackName, type Track } from "../../config/production/scoringNames";
import { UserError } from "../../errors";
import type { LiveDeployment, LiveSplit } from "../../traffic/liveEndpoint";
import { ConflictError, retryWhileBusy, type WriteOptions } from "../../traffic/retryWhileBusy";
import { ROLLOUT_TAG } from "../../traffic/rolloutTag";
import { percentOf, sameSplit } from "../../traffic/split";
import type { RolloutEndpoint, SplitChange } from "../rolloutEndpoint";
import { ChangedMeanwhile, type KubernetesApi } from "./kubernetes";
import * as objects from "./objects";
import {
  changedRoute,
  FIELD_MANAGER,
  isReleased,
  releasedRoute,
  splitOf,
  tagsOf,
  takenBy,
  TRACKS,
} from "./route";

export function routePath(endpointName: string): string {
  return `/apis/gateway.networking.k8s.io/v1/namespaces/${endpointName}/httproutes/${names.route}`;
}

export function deploymentPath(endpointName: string, track: Track): string {
  return `/apis/apps/v1/namespaces/${endpointName}/deployments/${trackName(track)}`;
}

/**
 * The HTTPRoute of the scoring service.
 *
 * Its `rules` are one value to the API server (`x-kubernetes-list-type: atomic` in the CRD of the Gateway API), so nobody
 * can own weights alone. A write is a read and a replacement with the `resourceVersion` that was read, under a field
 * manager of its own: from then on `rules` are the rollout's, and others who apply different ones on the server, as
 * `pulumi up` does, are refused with a conflict that names this manager (Kubernetes documentation, "Server-Side Apply", Conflicts).
 * At the end the ownership is given up and the value stays.
 */
export function routeEndpoint(
  api: KubernetesApi,
  endpointName: string,
  options?: WriteOptions,
): RolloutEndpoint {
  const path = routePath(endpointName);
  const readRoute = async () => {
    const found = await api.get(path);
    return found === undefined ? undefined : objects.as(objects.route, found, "the HTTPRoute");
  };
  const theRoute = async () => {
    const route = await readRoute();
    if (route === undefined) throw new UserError(`the HTTPRoute of ${endpointName} does not exist`);
    return route;
  };
  const liveOf = async (route: objects.Route): Promise<LiveSplit> => ({
    tags: tagsOf(route),
    split: splitOf(route),
    deployments: await tracksIn(api, endpointName),
  });
  const put = async (route: objects.Route) => {
    await api.put(path, route, FIELD_MANAGER);
  };
  return {
    name: endpointName,
    read: async () => {
      const route = await readRoute();
      return route === undefined ? undefined : liveOf(route);
    },
    write: async (decide) => {
      const change = await retryWhileBusy(
        async () => {
          const route = await theRoute();
          const live = await liveOf(route);
          const desired = decide(live);
          assertServing(live, desired);
          if (!shows(live, desired)) await put(changedRoute(route, desired));
          return desired;
        },
        isChangedMeanwhile,
        options,
      );
      const live = await retryWhileBusy(
        async () => {
          const route = await theRoute();
          assertTaken(route);
          return liveOf(route);
        },
        (error) => error instanceof NotYetTaken,
        options,
      );
      if (change.tags[ROLLOUT_TAG] === undefined)
        await retryWhileBusy(release, isChangedMeanwhile, options);
      return live;
    },
  };

  /** In a write of its own: a manager that changes a value owns it. */
  async function release(): Promise<void> {
    const route = await theRoute();
    if (!isReleased(route)) await put(releasedRoute(route));
  }
}

class NotYetTaken extends ConflictError {}

const isChangedMeanwhile = (error: unknown) => error instanceof ChangedMeanwhile;

function shows(live: LiveSplit, { split, tags }: SplitChange): boolean {
  const areTags = Object.entries(tags).every(([tag, value]) => live.tags[tag] === value);
  return areTags && sameSplit(live.split, split);
}

function assertTaken(route: objects.Route): void {
  const taken = takenBy(route);
  if (taken === true) return;
  if (taken !== undefined) {
    throw new UserError(`the route was written, and the gateway refuses it: ${taken}`);
  }
  throw new NotYetTaken(
    "the route was written, and the gateway has not taken it over yet; see whether its controller runs, then run the command again",
  );
}

/** A track without an available pod answers nothing but errors of the gateway. */
function assertServing({ deployments }: LiveSplit, { split }: SplitChange): void {
  for (const track of TRACKS) {
    if (percentOf(split.traffic, track) === 0) continue;
    const found = deployments.find(({ name }) => name === track);
    if (found !== undefined && found.provisioningState !== "Failed") continue;
    const why = found === undefined ? "does not exist" : (found.detail ?? "has no pod");
    throw new UserError(`requests cannot go to ${track}: ${trackName(track)} ${why}`);
  }
}

async function tracksIn(api: KubernetesApi, endpointName: string): Promise<LiveDeployment[]> {
  const found = await Promise.all(
    TRACKS.map(async (track) => {
      const object = await api.get(deploymentPath(endpointName, track));
      if (object === undefined) return [];
      return [trackOf(track, objects.as(objects.deployment, object, trackName(track)))];
    }),
  );
  return found.flat();
}

/** Pods that an autoscaler adds are no change of the track; other pods than before are. */
function trackOf(track: Track, { metadata, spec, status }: objects.Deployment): LiveDeployment {
  const { replicas = 1 } = spec;
  const {
    availableReplicas: available = 0,
    updatedReplicas: updated = 0,
    replicas: all = 0,
  } = status;
  const isUpdating = (status.observedGeneration ?? 0) < metadata.generation || updated < all;
  const detail = `has ${available} of ${replicas} pods available`;
  const state = available === 0 ? "Failed" : isUpdating ? "Updating" : "Succeeded";
  const [container] = spec.template.spec.containers;
  return {
    name: track,
    provisioningState: state,
    instanceCount: replicas,
    detail,
    ...(container === undefined ? {} : { image: container.image }),
  };
}
