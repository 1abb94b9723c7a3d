import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { releaseId } from "../config/release";
import type { SandboxConfig } from "../config/types";
import type { Assets } from "./assets";
import { release, trafficSince, type LiveTraffic, type Release } from "./soak";
import type { StackOutputs } from "./stackOutputs";

/** A release as the stack exports it: ARM's date of its parts is known when they are registered. */
export interface ExportedRelease {
  readonly id: string;
  readonly since: pulumi.Output<string | undefined>;
  readonly trafficSince?: pulumi.Output<string | undefined>;
}

/**
 * The releases in a sandbox's outputs, by deployment; entries that are not releases, or have no date yet, are skipped.
 */
export function releasesIn(outputs: StackOutputs): Readonly<Record<string, Release>> {
  const told = z.record(z.string(), z.unknown()).safeParse(outputs?.["releases"]);
  return Object.fromEntries(
    Object.entries(told.data ?? {}).flatMap(([name, one]) => {
      const parsed = release.safeParse(one);
      return parsed.success ? [[name, parsed.data] as const] : [];
    }),
  );
}

/**
 * A sandbox's output `releases`: for each deployment which release it runs, since when, and since when with traffic.
 *
 * `since` is the later of two dates. ARM's own, when the newest part was registered, cannot be set by anybody; but parts
 * that are there already may be put together anew. So the first update that saw this very release counts as well; the
 * outputs carry it on, and with it the date of the traffic.
 *
 * @param before the stack's outputs so far; undefined where they cannot be read, then ARM's date stands alone
 * @param live what the endpoint routes before this update
 */
export function sandboxReleases(
  { endpoint }: SandboxConfig,
  assets: Assets,
  before: StackOutputs,
  live: LiveTraffic | undefined,
  now: Date,
): Record<string, ExportedRelease> {
  const known = releasesIn(before);
  const firstSeen = new Map(Object.values(known).map(({ id, since }) => [id, since]));
  const ids = endpoint.deployments.map((one) => [one.name, releaseId(one)] as const);
  const evidence = {
    before: known,
    declaredBefore: declaredSplit(before),
    live,
    declared: { traffic: endpoint.traffic, mirrorTraffic: endpoint.mirrorTraffic },
    now,
  };
  return Object.fromEntries(
    endpoint.deployments.map((deployment) => {
      const id = releaseId(deployment);
      const registered = assets.registeredAt(deployment);
      const seen = before === undefined ? undefined : (firstSeen.get(id) ?? now.toISOString());
      const since = registered.apply((at) => later(at, seen));
      if (before === undefined) return [deployment.name, { id, since }];
      const runs = ids.filter(([, other]) => other === id).map(([name]) => name);
      const traffic = trafficSince(id, runs, evidence);
      if (traffic === undefined) return [deployment.name, { id, since }];
      const withTraffic = registered.apply((at) => later(at, traffic));
      return [deployment.name, { id, since, trafficSince: withTraffic }];
    }),
  );
}

const percents = z.record(z.string(), z.number());

/** The split that the last update declared; undefined where the outputs do not say. */
function declaredSplit(outputs: StackOutputs) {
  const split = z.object({ traffic: percents, mirrorTraffic: percents });
  return split.safeParse(outputs).data;
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Date.parse(one) > Date.parse(other) ? one : other;
}
