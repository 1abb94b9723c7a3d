import { ConfigError } from "./problems";

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
