import { z } from "zod";
import type { ReleaseSettings } from "../config/production/types";
import { ConfigError, type Problem } from "../config/problems";
import { releasesIn } from "./releases";
import type { StackOutputs } from "./stackOutputs";

/** How a release passed the gate; part of the production stack's outputs, so that it shows in every plan. */
export interface PassedGate {
  readonly releaseId: string;
  /** Missing where the sandbox does not run it, or was not asked. */
  readonly inSandboxSince?: string;
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
 * Lets a release into production when it has been in the sandbox long enough, or was in production after that before,
 * or when the settings say of this very release why it may run without.
 *
 * @throws ConfigError that says how many days are missing, or that the release was never there
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
  if (before !== undefined) return { releaseId, inSandboxSince: before };

  const releases = releasesIn(sandbox);
  // The same release in two deployments: it has soaked as long as the older one.
  const [since] = releases
    .filter(({ id }) => id === releaseId)
    .map((one) => one.since)
    .sort((a, b) => Date.parse(a) - Date.parse(b));
  const passed = { releaseId, ...(since === undefined ? {} : { inSandboxSince: since }) };
  const days = since === undefined ? 0 : (now.getTime() - Date.parse(since)) / DAY_MS;
  if (since !== undefined && days >= settings.soakDays) return passed;
  if (exception !== undefined) return { ...passed, ...reason };
  const running = releases.map(({ id }) => id.slice(0, 12));
  throw new ConfigError([refusal(releaseId, settings, since, days, running, stack)]);
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
  const soaked = gates.flatMap(({ releaseId, inSandboxSince, exceptionReason }) =>
    inSandboxSince === undefined || exceptionReason !== undefined
      ? []
      : [[releaseId, inSandboxSince] as const],
  );
  return { ...soakedReleases(own), ...Object.fromEntries(soaked) };
}

function refusal(
  releaseId: string,
  { soakDays, sandboxStack }: ReleaseSettings,
  since: string | undefined,
  days: number,
  running: readonly string[],
  stack: string,
): Problem {
  const id = releaseId.slice(0, 12);
  const there =
    since === undefined
      ? `is not in ${sandboxStack}, which runs ${running.join(", ") || "no release"}; run it there first`
      : `has been in ${sandboxStack} since ${since}: ${missing(soakDays - days)} of ${soakDays} are missing; wait`;
  return {
    file: `Pulumi.${stack}.yaml`,
    key: "mlscore:release",
    message:
      `release ${id} ${there}, or say in exceptions why it may run without (it will show in the plan): ` +
      `{releaseId: "${id}", reason: …}`,
    severity: "error",
  };
}

/** Rounded up, so that waiting as long as it says is always enough. */
function missing(days: number): string {
  const tenths = Math.ceil(days * 10) / 10;
  return `${tenths.toFixed(1)} days`;
}
