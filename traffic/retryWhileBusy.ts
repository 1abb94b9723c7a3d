import { backOff } from "exponential-backoff";
import { UserError } from "../errors";
import { ArmError } from "./arm";

export interface WriteOptions {
  /** First wait before a busy endpoint is tried again, doubled each time up to 30 s; milliseconds. @default 2000 */
  readonly retryDelayMs?: number;
  /** Tries while the endpoint is busy; with the default wait about ten minutes. @default 24 */
  readonly attempts?: number;
}

/** The endpoint is at another operation; the user checks one that remains after all tries. */
export class ConflictError extends UserError {}

/** Tries again, with growing waits, as long as it is worth it. */
export function retryWhileBusy<T>(
  work: () => Promise<T>,
  isWorthIt: (error: unknown) => boolean,
  { retryDelayMs = 2000, attempts = 24 }: WriteOptions = {},
): Promise<T> {
  return backOff(work, {
    numOfAttempts: attempts,
    startingDelay: retryDelayMs,
    maxDelay: 30_000,
    retry: isWorthIt,
  });
}

/**
 * Whether a write was refused only because of another one: Azure answers 409 to a second write under one endpoint,
 * sometimes after it has reported success for the first (Azure/azure-cli issue 17075, azure-sdk-for-net issue 36961), and
 * 412 when somebody else wrote in between, where the service gives ETags.
 */
export function isConflict(error: unknown): boolean {
  if (error instanceof ConflictError) return true;
  if (!(error instanceof ArmError)) return false;
  return (
    error.status === 409 ||
    error.status === 412 ||
    /in Updating provisioning state/i.test(error.message)
  );
}
