import { z } from "zod";
import type { ReleaseSettings } from "../config/production/productionTypes";
import { ConfigError, type Problem } from "../errors";
import { settingProblem } from "../config/settingProblem";
import { releasesIn } from "./releases";
import { earliest, type Release } from "./soak";
import type { StackOutputs } from "./stackOutputs";

/** How a release passed the gate; part of the production stack's outputs, so that it shows in every plan. */
export interface PassedGate {
  readonly releaseId: string;
  /** Since when it has had traffic in the sandbox; missing where it has none there, or the sandbox was not asked. */
  readonly trafficSince?: string;
  /** Why it may run although it has not soaked. */
  readonly exceptionReason?: string;
  /** Set where the program was evaluated without the Pulumi engine, which alone can read the sandbox. */
  readonly unchecked?: true;
}

/** What the gate goes by. */
export interface GateEvidence {
  /** Outputs of the sandbox. */
  readonly sandbox: StackOutputs;
  /** Outputs of production itself. */
  readonly own: StackOutputs;
  readonly now: Date;
}

const DAY_MS = 86_400_000;

/**
 * Lets a release into production when it has had traffic in the sandbox long enough, or was in production after that
 * before, or when the settings say of this very release why it may run without.
 *
 * @throws ConfigError that says how many days are missing, or that the release has no traffic or was never there
 */
export function passGate(
  releaseId: string,
  settings: ReleaseSettings,
  { sandbox, own, now }: GateEvidence,
  stack: string,
): PassedGate {
  const exception = settings.exceptions.find((one) => releaseId.startsWith(one.releaseId));
  const reason = exception === undefined ? {} : { exceptionReason: exception.reason };
  if (sandbox === undefined) return { releaseId, ...reason, unchecked: true };

  const before = soakedReleases(own)[releaseId];
  if (before !== undefined) return { releaseId, trafficSince: before };

  const releases = Object.values(releasesIn(sandbox));
  const there = releases.filter(({ id }) => id === releaseId);
  // The same release in two deployments: it has soaked as long as the one that got requests first.
  const since = earliest(there.flatMap(({ trafficSince }) => trafficSince ?? []));
  const passed = { releaseId, ...(since === undefined ? {} : { trafficSince: since }) };
  const days = since === undefined ? 0 : (now.getTime() - Date.parse(since)) / DAY_MS;
  if (since !== undefined && days >= settings.soakDays) return passed;
  if (exception !== undefined) return { ...passed, ...reason };
  const status = whyNot(there, releases, since, days, settings);
  throw new ConfigError([refusal(releaseId, status, stack)]);
}

/** Releases that have soaked and may come back, with their dates, by id: production's output of that name. */
export function soakedReleases(own: StackOutputs): Readonly<Record<string, string>> {
  return z.record(z.string(), z.string()).safeParse(own?.["soakedReleases"]).data ?? {};
}

/** The output `soakedReleases` with what has passed now. An exception is none: it would have to give its reason again. */
export function withPassed(
  own: StackOutputs,
  gates: readonly PassedGate[],
): Readonly<Record<string, string>> {
  const soaked = gates.flatMap(({ releaseId, trafficSince, exceptionReason }) =>
    trafficSince === undefined || exceptionReason !== undefined
      ? []
      : [[releaseId, trafficSince] as const],
  );
  return { ...soakedReleases(own), ...Object.fromEntries(soaked) };
}

/** How far the release is, and what to do about it. */
function whyNot(
  there: readonly Release[],
  running: readonly Release[],
  since: string | undefined,
  days: number,
  { soakDays, sandboxStack }: ReleaseSettings,
): string {
  if (there.length === 0) {
    const ids = running.map(({ id }) => id.slice(0, 12)).join(", ");
    return `is not in ${sandboxStack}, which runs ${ids || "no release"}; run it there first`;
  }
  if (since === undefined) {
    return (
      `is in ${sandboxStack} without live or mirrored traffic, so none of ${soakDays} days count; give it traffic there ` +
      "(npm run rollout), run `pulumi up` there, and wait"
    );
  }
  return `has had traffic in ${sandboxStack} since ${since}: ${missing(soakDays - days)} of ${soakDays} are missing; wait`;
}

function refusal(releaseId: string, status: string, stack: string): Problem {
  const id = releaseId.slice(0, 12);
  return settingProblem(
    stack,
    "mlscore:release",
    `release ${id} ${status}, or give the reason for running without them in exceptions (shown in the plan): ` +
      `{releaseId: "${id}", reason: …}`,
  );
}

/** Rounded up, so that waiting as long as it says is always enough. */
function missing(days: number): string {
  const tenths = Math.ceil(days * 10) / 10;
  return `${tenths.toFixed(1)} days`;
}
