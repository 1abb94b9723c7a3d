import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { assertSubscription } from "./config/guard";
import { loadConfig } from "./config/index";

/** The program: read the stack's settings, make sure of the subscription, declare what the stack is made of. */
export = async (): Promise<Record<string, unknown>> => {
  const config = await loadConfig(pulumi.getStack());
  const caller = await authorization.getClientConfig();
  assertSubscription(config.subscription, caller.subscriptionId, pulumi.getStack());
  // Loaded only when wanted: a stack never pays for the other one's providers.
  const { sandbox } = await import("./components/sandbox");
  return sandbox(config, caller);
};
