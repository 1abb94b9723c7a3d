/** How long `up` takes when each resource waits only for what it depends on, and which of its waits cost time. */
import type { DeclaredResource } from "./program";

/**
 * Why a resource waits: an input is made of what another one answers, it is declared below the other one, or the program
 * puts it after the other one by `dependsOn`.
 */
export type WaitReason = "input" | "parent" | "order";

export interface Wait {
  /** URN of the resource that waits, and of that which it waits for. */
  readonly resource: string;
  readonly for: string;
  readonly reason: WaitReason;
}

export interface Schedule {
  readonly totalSeconds: number;
  /** URNs, in the order in which they are created; each begins when the one before it is there. */
  readonly criticalPath: readonly string[];
}

/** What a resource waits for. As the engine, which registers a resource when the URNs that it names are known. */
export function waitsOf(resources: readonly DeclaredResource[]): Wait[] {
  return resources.flatMap(({ urn, parent, dependencies, orderedAfter = [] }) => [
    ...(parent === undefined ? [] : [{ resource: urn, for: parent, reason: "parent" as const }]),
    ...dependencies.map((other) => ({
      resource: urn,
      for: other,
      reason: orderedAfter.includes(other) ? ("order" as const) : ("input" as const),
    })),
  ]);
}

/**
 * The schedule with as many resources created at once as can be: its total is the longest way through the waits.
 *
 * @param resources in an order in which each stands behind what it waits for
 */
export function scheduleOf(
  resources: readonly DeclaredResource[],
  waits: readonly Wait[],
  secondsOf: (resource: DeclaredResource) => number,
): Schedule {
  const ends = new Map<string, { readonly at: number; readonly after: string | undefined }>();
  const byResource = new Map<string, Wait[]>();
  for (const wait of waits) {
    byResource.set(wait.resource, [...(byResource.get(wait.resource) ?? []), wait]);
  }
  let last: string | undefined;
  for (const resource of resources) {
    let after: string | undefined;
    for (const wait of byResource.get(resource.urn) ?? []) {
      if (endOf(wait.for) > endOf(after)) after = wait.for;
    }
    ends.set(resource.urn, { at: endOf(after) + secondsOf(resource), after });
    if (endOf(resource.urn) > endOf(last)) last = resource.urn;
  }
  const criticalPath: string[] = [];
  for (let urn = last; urn !== undefined; urn = ends.get(urn)?.after) criticalPath.unshift(urn);
  return { totalSeconds: endOf(last), criticalPath };

  function endOf(urn: string | undefined): number {
    return urn === undefined ? 0 : (ends.get(urn)?.at ?? 0);
  }
}

export interface Saving {
  readonly wait: Wait;
  readonly seconds: number;
}

/** The waits by order alone without which the whole would be shorter, each taken away by itself. */
export function costlyOrders(
  resources: readonly DeclaredResource[],
  waits: readonly Wait[],
  secondsOf: (resource: DeclaredResource) => number,
): Saving[] {
  const { totalSeconds } = scheduleOf(resources, waits, secondsOf);
  return waits
    .filter(({ reason }) => reason === "order")
    .map((wait) => {
      const others = waits.filter((one) => one !== wait);
      return {
        wait,
        seconds: totalSeconds - scheduleOf(resources, others, secondsOf).totalSeconds,
      };
    })
    .filter(({ seconds }) => seconds > 0);
}
