import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { releaseId } from "../config/release";
import type { SandboxConfig } from "../config/types";
import type { Assets } from "./assets";
import type { StackOutputs } from "./stackOutputs";

/** A release that a sandbox runs. */
const release = z.object({
  /** Release id, 64 hex digits. */
  id: z.string(),
  /** Since when all of it is there, ISO 8601. */
  since: z.iso.datetime({ offset: true }),
});

/** The releases that a sandbox's outputs tell of; what is no release, or has no date yet, is passed over. */
export function releasesIn(outputs: StackOutputs): z.output<typeof release>[] {
  const told = z.record(z.string(), z.unknown()).safeParse(outputs?.["releases"]);
  return Object.values(told.data ?? {}).flatMap((one) => release.safeParse(one).data ?? []);
}

/**
 * A sandbox's output `releases`: for each deployment which release it runs, and since when.
 *
 * That is the later of two dates. ARM's own, when the newest part was registered, cannot be set by anybody; but parts
 * that are there already may be put together anew. So the first update that saw this very release counts as well; the
 * outputs carry it on.
 *
 * @param before the stack's outputs so far; undefined where they cannot be read, then ARM's date stands alone
 */
export function sandboxReleases(
  { endpoint }: SandboxConfig,
  assets: Assets,
  before: StackOutputs,
  now: Date,
): Record<string, { id: string; since: pulumi.Output<string | undefined> }> {
  const known = new Map(releasesIn(before).map(({ id, since }) => [id, since]));
  return Object.fromEntries(
    endpoint.deployments.map((deployment) => {
      const id = releaseId(deployment);
      const seen = before === undefined ? undefined : (known.get(id) ?? now.toISOString());
      const since = assets.registeredAt(deployment).apply((registered) => later(registered, seen));
      return [deployment.name, { id, since }];
    }),
  );
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Date.parse(one) > Date.parse(other) ? one : other;
}
