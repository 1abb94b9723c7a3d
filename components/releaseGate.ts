import { z } from "zod";
import { ConfigError, type Problem } from "../config/problems";
import type { ReleaseSettings } from "../config/production/types";

/** What the sandbox tells of what it runs: its output `releases`, by deployment. */
export const sandboxReleases = z.record(
  z.string(),
  z.object({
    /** Release id, 64 hex digits. */
    id: z.string(),
    /** When the newest of its assets was registered (ARM's `systemData.createdAt`), ISO 8601. */
    createdAt: z.iso.datetime({ offset: true }),
  }),
);

/** How the release passed the gate; part of the production stack's outputs, so that it shows in every plan. */
export interface PassedGate {
  readonly releaseId: string;
  /** Missing where the sandbox does not run it, or was not asked. */
  readonly inSandboxSince?: string;
  /** Why it may run although it has not soaked. */
  readonly exceptionReason?: string;
  /** Set where the program was evaluated without the Pulumi engine, which alone can read the sandbox. */
  readonly unchecked?: true;
}

const DAY_MS = 86_400_000;

/**
 * Lets a release into production when it has been in the sandbox long enough, or when the settings say why it may run
 * without that.
 *
 * @param outputs outputs of the sandbox's stack; undefined when they cannot be read here
 * @throws ConfigError that says how many days are missing, or that the release was never there
 */
export function passGate(
  release: ReleaseSettings,
  outputs: Readonly<Record<string, unknown>> | undefined,
  now: Date,
  stack: string,
): PassedGate {
  const exception =
    release.exceptionReason === undefined ? {} : { exceptionReason: release.exceptionReason };
  if (outputs === undefined) return { releaseId: release.id, ...exception, unchecked: true };

  const found = sandboxReleases.safeParse(outputs["releases"]);
  const releases = found.success ? Object.values(found.data) : [];
  const since = releases
    .filter(({ id }) => id === release.id)
    .map(({ createdAt }) => createdAt)
    // The same release in two deployments: it has soaked as long as the older one.
    .sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  const passed = {
    releaseId: release.id,
    ...(since === undefined ? {} : { inSandboxSince: since }),
  };
  const days = since === undefined ? 0 : (now.getTime() - Date.parse(since)) / DAY_MS;
  if (since !== undefined && days >= release.soakDays) return passed;
  if (release.exceptionReason !== undefined) return { ...passed, ...exception };
  throw new ConfigError([refusal(release, since, days, releases, stack)]);
}

function refusal(
  { id, soakDays, sandboxStack }: ReleaseSettings,
  since: string | undefined,
  days: number,
  releases: readonly { readonly id: string }[],
  stack: string,
): Problem {
  const there =
    since === undefined
      ? `is not in ${sandboxStack}, which runs ${releases.map((one) => one.id.slice(0, 12)).join(", ") || "no release"}`
      : `has been in ${sandboxStack} since ${since}: ${missing(soakDays - days)} of ${soakDays} are missing`;
  return {
    file: `Pulumi.${stack}.yaml`,
    key: "mlscore:release",
    message:
      `release ${id.slice(0, 12)} ${there}; ` +
      (since === undefined ? "run it there first" : "wait") +
      ", or say in exceptionReason why it may run without (it will show in the plan)",
    severity: "error",
  };
}

/** Rounded up, so that waiting as long as it says is always enough. */
function missing(days: number): string {
  const tenths = Math.ceil(days * 10) / 10;
  return `${tenths.toFixed(1)} days`;
}
