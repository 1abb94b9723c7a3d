import { ConfigError } from "../errors";
import { foundation, foundationProblems } from "./production/foundation";
import { settingProblem } from "./settingProblem";
import { SUBSCRIPTION_KEY } from "./settingsFile";
import type { StackConfig } from "./stackConfig";

/**
 * Refuses to go on against another subscription than the one the stack names. azure-native takes it from the same
 * setting, so that they differ only where that did not reach azure-native: `--stack sandbox` can never land in production.
 *
 * @param wanted subscription of the stack's settings
 * @param actual subscription id that azure-native uses
 * @throws ConfigError when they differ (case aside)
 */
export function assertSubscription(wanted: Subscription, actual: string, stack: string): void {
  if (wanted.id.toLowerCase() === actual.toLowerCase()) return;
  throw wrongSubscription(
    stack,
    `is ${named(wanted)}, but azure-native uses ${actual}; correct the stack's settings`,
  );
}

/** What to tell when azure-native cannot use the stack's subscription, for the reason that it gave. */
export function unusableSubscription(wanted: Subscription, reason: string, stack: string) {
  return wrongSubscription(
    stack,
    isPlaceholder(wanted)
      ? "is still the placeholder; put the id of the stack's subscription there"
      : `is ${named(wanted)}, which the signed-in identity cannot use: ${reason}. Sign in with az login as a user who has a role ` +
          "there, or set the environment variables of an application that has one",
  );
}

/** The committed id, all zeros. */
export function isPlaceholder({ id }: Subscription): boolean {
  return /^[0-]+$/.test(id);
}

interface Subscription {
  readonly id: string;
  readonly name?: string;
}

function named({ id, name }: Subscription): string {
  return name === undefined ? id : `${id} (${name})`;
}

function wrongSubscription(stack: string, message: string): ConfigError {
  return new ConfigError([settingProblem(stack, SUBSCRIPTION_KEY, message)]);
}

/**
 * Refuses settings that would make Azure replace what the stack cannot lose: cluster, workspace, storage, vault,
 * registry.
 *
 * @param outputs the stack's own outputs as its last update left them; undefined where they cannot be read
 * @returns the choices to keep in the stack's output `foundation`
 * @throws ConfigError with every choice that differs from the one the stack was created with
 */
export function assertFoundation(
  config: StackConfig,
  outputs: Readonly<Record<string, unknown>> | undefined,
  stack: string,
): Record<string, string> {
  const now = foundation(config);
  const before = outputs?.["foundation"];
  const known = typeof before === "object" && before !== null ? before : undefined;
  const changes = foundationProblems(known as Record<string, string> | undefined, now);
  if (changes.length > 0) {
    throw new ConfigError(changes.map(({ key, message }) => settingProblem(stack, key, message)));
  }
  return now;
}
