import type { SupervisorClient } from "../local/endpoint/controlClient";
import type { ComparisonSnapshot, EndpointStatus, MetricsSnapshot } from "../local/endpoint/status";
import type { Marker, Meter } from "./meter";
import {
  difference,
  newlyCompared,
  NO_REQUESTS,
  NOTHING_COMPARED,
  type Compared,
  type Counters,
  type Window,
} from "./window";

/** Reads the counters of the local endpoint's router. */
export function localMeter({
  status,
  compare,
}: Pick<SupervisorClient, "status" | "compare">): Meter {
  return {
    caveats: [],
    async compare(rules) {
      // An endpoint that an earlier version started cannot compare, and need not.
      if (rules === undefined && (await status()).comparison === undefined) return;
      await compare(rules);
    },
    begin: async () => markerOf(await status()),
    since: async (marker) => {
      if (marker.kind !== "local") throw new Error("the marker belongs to another meter");
      return windowSince(marker, await status());
    },
  };
}

type LocalMarker = Extract<Marker, { kind: "local" }>;

function markerOf({ startedAt, deployments }: EndpointStatus): LocalMarker {
  return {
    kind: "local",
    startedAt,
    deployments: Object.fromEntries(
      deployments.map(({ name, revision, metrics, mirrored }) => [
        name,
        {
          revision,
          live: countersOf(metrics),
          mirrored: countersOf(mirrored),
          comparison: comparedOf(mirrored.comparison),
        },
      ]),
    ),
  };
}

/** Counters of another revision, or of an endpoint that was started since, have begun at zero after the marker. */
function windowSince(marker: LocalMarker, status: EndpointStatus): Window {
  const isSame = marker.startedAt === status.startedAt;
  return new Map(
    status.deployments.map(({ name, revision, metrics, mirrored }) => {
      const known = isSame ? marker.deployments[name] : undefined;
      const before = known?.revision === revision ? known : undefined;
      return [
        name,
        {
          live: difference(before?.live ?? NO_REQUESTS, countersOf(metrics)),
          mirrored: difference(before?.mirrored ?? NO_REQUESTS, countersOf(mirrored)),
          comparison: newlyCompared(
            before?.comparison ?? NOTHING_COMPARED,
            comparedOf(mirrored.comparison),
          ),
        },
      ];
    }),
  );
}

export function countersOf({ requests, byStatus, latencyHistogram }: MetricsSnapshot) {
  return {
    requests,
    byStatus: { ...byStatus },
    histogram: latencyHistogram.map(([bound, count]): [number, number] => [bound, count]),
  } satisfies Counters;
}

/** An endpoint that an earlier version started has none. */
export function comparedOf(snapshot: ComparisonSnapshot | undefined): Compared {
  const { fields, ...counts } = snapshot ?? NOTHING_COMPARED;
  return { ...counts, fields: fields.map(([field, pairs]): [string, number] => [field, pairs]) };
}
