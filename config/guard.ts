import { ConfigError } from "./problems";
import { foundation, foundationProblems } from "./production/foundation";
import type { StackConfig } from "./types";

/**
 * Refuses to go on against another subscription than the one the stack names, so that `--stack sandbox` can never
 * land in production because of whatever `az account set` was run last.
 *
 * @param wanted subscription id of the stack's settings
 * @param actual subscription id of the credentials in use
 * @throws ConfigError when they differ (case aside)
 */
export function assertSubscription(
  wanted: { readonly id: string; readonly name?: string },
  actual: string,
  stack: string,
): void {
  if (wanted.id.toLowerCase() === actual.toLowerCase()) return;
  const isPlaceholder = /^[0-]+$/.test(wanted.id);
  const name = wanted.name === undefined ? wanted.id : `${wanted.name} (${wanted.id})`;
  throw new ConfigError([
    {
      file: `Pulumi.${stack}.yaml`,
      key: "mlscore:subscription.id",
      message: isPlaceholder
        ? `is still the placeholder; put the id of the stack's subscription there (the credentials in use are for ${actual})`
        : `this stack belongs to subscription ${name}, but the credentials in use are for ${actual}; ` +
          `run: az account set --subscription ${wanted.id}, or correct the stack's settings`,
      severity: "error",
    },
  ]);
}

/**
 * Refuses settings that would make Azure replace what the stack cannot lose: cluster, workspace, storage, vault,
 * registry.
 *
 * @param outputs the stack's own outputs as its last update left them; undefined where they cannot be read
 * @returns the choices to keep in the stack's output `foundation`
 * @throws ConfigError with every choice that differs from the one the stack was made with
 */
export function assertFoundation(
  config: StackConfig,
  outputs: Readonly<Record<string, unknown>> | undefined,
  stack: string,
): Record<string, string> {
  const now = foundation(config);
  const before = outputs?.["foundation"];
  const known = typeof before === "object" && before !== null ? before : undefined;
  const problems = foundationProblems(known as Record<string, string> | undefined, now, stack);
  if (problems.length > 0) throw new ConfigError(problems);
  return now;
}
