import * as pulumi from "@pulumi/pulumi";
import { azureReads } from "./components/azureReads";
import { pause } from "./components/endpointCreation";
import { signedIn } from "./components/signedIn";
import { describeErrorsByStack } from "./components/plainErrors";
import { encryptPlainSecrets } from "./components/plainSecrets";
import { ownStack, stackOutputs } from "./components/stackOutputs";
import { assertFoundation } from "./config/guard";
import { loadConfig } from "./config/index";
import { assertNetworkLevel } from "./config/levelGuard";
import { formatPlace } from "./errors";

/**
 * The program: read the stack's settings, make sure that they fit the stack, declare what it is made of.
 *
 * @param azure what is asked of Azure beside azure-native; the engine gives none, and Azure itself is asked
 * @param wait between two tries; the engine gives none, and time passes
 * @param isLocalRun whether the stack runs on this machine alone; the engine gives none, and it does not
 */
export = async (
  azure = azureReads,
  wait = pause,
  isLocalRun = false,
): Promise<Record<string, unknown>> => {
  describeErrorsByStack();
  encryptPlainSecrets();
  const stack = pulumi.getStack();
  const config = await loadConfig(stack, isLocalRun);
  const caller = await signedIn(config.subscription, stack);
  const before = await stackOutputs(ownStack());
  const foundation = assertFoundation(config, before, stack);
  for (const warning of assertNetworkLevel(config, before, stack)) {
    await pulumi.log.warn(formatPlace(warning));
  }
  // Loaded only when wanted: a stack never pays for the other one's providers.
  if (config.target === "sandbox") {
    const { sandbox } = await import("./components/sandbox");
    return { ...(await sandbox(config, caller, before, stack, wait)), foundation };
  }
  const { production } = await import("./components/production");
  return { ...(await production(config, caller, before, stack, azure)), foundation };
};
