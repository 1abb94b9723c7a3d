import { trackName, type Track } from "../../config/production/scoringNames";
import { UserError } from "../../errors";
import { percentOf, type Split } from "../../traffic/split";
import type { SplitChange } from "../rolloutEndpoint";
import type { Route } from "./objects";

/** The two deployments of a rollout in a cluster. */
export const TRACKS = ["stable", "canary"] as const satisfies readonly Track[];

/** Whom the route's weights and marker belong to during a rollout. */
export const FIELD_MANAGER = "mlscore-rollout";

/** Tags of an endpoint are annotations of a route, under this project's prefix: `mlscore-rollout` is `mlscore/rollout`. */
const annotationOf = (tag: string) => tag.replace("-", "/");

/** The tags among a route's annotations. */
export function tagsOf({ metadata: { annotations = {} } }: Route): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([key]) => key.startsWith("mlscore/"))
      .map(([key, value]) => [key.replace("/", "-"), value]),
  );
}

/**
 * How the route divides requests, in percent of its weights.
 * @throws UserError when it has another form than the one that this project declares
 */
export function splitOf(route: Route): Split {
  const backends = backendsOf(route);
  const total = backends.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const traffic = Object.fromEntries(
    backends.map(({ name, weight = 1 }) => [
      TRACKS.find((track) => trackName(track) === name) ?? name,
      total === 0 ? 0 : (100 * weight) / total,
    ]),
  );
  return { traffic, mirrorTraffic: {} };
}

/** The route with other weights and tags, and nothing else changed. */
export function changedRoute(route: Route, { split, tags }: SplitChange): Route {
  const backends = backendsOf(route);
  const [first] = backends;
  const names = TRACKS.filter(
    (track) =>
      percentOf(split.traffic, track) > 0 || backends.some(({ name }) => name === trackName(track)),
  );
  const annotations = new Map(Object.entries(route.metadata.annotations ?? {}));
  for (const [tag, value] of Object.entries(tags)) {
    if (value === undefined) annotations.delete(annotationOf(tag));
    else annotations.set(annotationOf(tag), value);
  }
  const backendRefs = names.map((track) => ({
    ...(backends.find(({ name }) => name === trackName(track)) ?? first),
    name: trackName(track),
    weight: percentOf(split.traffic, track),
  }));
  return {
    ...route,
    metadata: { ...route.metadata, annotations: Object.fromEntries(annotations) },
    spec: { ...route.spec, rules: [{ ...route.spec.rules?.[0], backendRefs }] },
  };
}

/** The route whose fields belong to no rollout, so that the next one who applies it owns them. */
export function releasedRoute(route: Route): Route {
  const managedFields = othersOf(route);
  return { ...route, metadata: { ...route.metadata, managedFields } };
}

export function isReleased(route: Route): boolean {
  return othersOf(route).length === (route.metadata.managedFields ?? []).length;
}

function othersOf({ metadata: { managedFields = [] } }: Route) {
  return managedFields.filter(({ manager }) => manager !== FIELD_MANAGER);
}

/** Whether the gateway's controller works by this version of the route; text says why it refuses it. */
export function takenBy({ metadata: { generation }, status }: Route): true | string | undefined {
  const conditions = (status?.parents ?? []).flatMap((parent) => parent.conditions ?? []);
  const current = conditions.filter(
    ({ observedGeneration = 0 }) => observedGeneration >= generation,
  );
  const refused = current.find(
    ({ type, status: value }) => /^(?:Accepted|ResolvedRefs)$/.test(type) && value === "False",
  );
  if (refused !== undefined) {
    return `${refused.type} is False: ${refused.reason ?? ""} ${refused.message ?? ""}`.trim();
  }
  const isTaken = (wanted: string) =>
    current.some(({ type, status: value }) => type === wanted && value === "True");
  return isTaken("Accepted") && isTaken("ResolvedRefs") ? true : undefined;
}

/** Of the one rule that divides requests between the tracks. */
function backendsOf({ spec: { rules = [] } }: Route) {
  const [rule, ...more] = rules;
  const backends = rule?.backendRefs ?? [];
  const known = TRACKS.map(trackName);
  const others = backends.filter(({ name }) => !known.includes(name));
  if (rule === undefined || more.length > 0 || backends.length === 0 || others.length > 0) {
    const found = rules.map(({ backendRefs = [] }) =>
      backendRefs.map(({ name }) => name).join(", "),
    );
    throw new UserError(
      `the HTTPRoute must have one rule with the backends ${known.join(" and ")}, and has ${rules.length}: ` +
        `${found.join("; ") || "none"}. Somebody changed it; pulumi up writes what is declared`,
    );
  }
  return backends;
}
