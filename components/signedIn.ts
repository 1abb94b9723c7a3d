import * as authorization from "@pulumi/azure-native/authorization";
import { assertSubscription, unusableSubscription } from "../config/guard";
import type { CommonConfig } from "../config/types";

/** Who runs the program, as Azure sees it. */
export interface Caller {
  readonly tenantId: string;
}

/**
 * Asks azure-native who runs this, in the stack's own subscription.
 *
 * @throws ConfigError when nobody is signed in who can use that subscription, or azure-native uses another one
 */
export async function signedIn(
  subscription: CommonConfig["subscription"],
  stack: string,
): Promise<Caller> {
  let found: authorization.GetClientConfigResult;
  try {
    found = await authorization.getClientConfig();
  } catch (error) {
    throw unusableSubscription(subscription, (error as Error).message, stack);
  }
  assertSubscription(subscription, found.subscriptionId, stack);
  return found;
}
