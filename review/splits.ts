import { isObject, listAt, textAt, textsAt, valueAt } from "../graph/paths";
import type { Resource, StackGraph } from "./model";

/** What one deployment of an endpoint gets. */
export interface Share {
  readonly deployment: string;
  /** Percent of the requests that it answers. */
  readonly live: number;
  /** Percent of the requests that it gets mirrored of. */
  readonly mirrored: number;
}

/** How one endpoint or one host divides its requests. */
export interface SplitOf {
  /** The endpoint's name, or the host's. */
  readonly name: string;
  readonly shares: readonly Share[];
}

export function splits({ resources }: StackGraph): SplitOf[] {
  return resources.flatMap((resource) => {
    if (resource.type.endsWith(":TrafficSplit")) return [endpointSplit(resource)];
    return resource.type.endsWith(":HTTPRoute") ? [routeSplit(resource)] : [];
  });
}

function endpointSplit({ inputs }: Resource): SplitOf {
  const live = numbers(inputs["traffic"]);
  const mirrored = numbers(inputs["mirrorTraffic"]);
  const declared = Object.keys(inputs["deployments"] ?? {});
  const deployments = [...new Set([...declared, ...Object.keys(live), ...Object.keys(mirrored)])];
  return {
    name: textAt(inputs, "endpointName"),
    shares: deployments.sort().map((deployment) => {
      return { deployment, live: live[deployment] ?? 0, mirrored: mirrored[deployment] ?? 0 };
    }),
  };
}

/** A route's weights are shares of their sum (Gateway API, HTTPBackendRef). */
function routeSplit({ inputs }: Resource): SplitOf {
  const [host = ""] = textsAt(inputs, "spec.hostnames");
  const backends = listAt(inputs, "spec.rules").flatMap((rule) => listAt(rule, "backendRefs"));
  const weights = backends.map((backend) => {
    const weight = valueAt(backend, "weight");
    return [textAt(backend, "name"), typeof weight === "number" ? weight : 1] as const;
  });
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  return {
    name: host,
    shares: weights.map(([deployment, weight]) => {
      return { deployment, live: sum === 0 ? 0 : Math.round((weight / sum) * 100), mirrored: 0 };
    }),
  };
}

function numbers(value: unknown): Record<string, number> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  );
}
