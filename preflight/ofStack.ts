import { lookup } from "node:dns/promises";
import type { Environment } from "../azure/credential";
import { graphOf } from "../graph/graph";
import { readStackSettings } from "../graph/settings";
import { runOnEmulator } from "../emulator/onEmulator";
import { azure } from "../traffic/arm";
import { declaredOf } from "./declared";
import { emulatedSubscription, soundSubscription } from "./emulator";
import { readerOf } from "./reader";
import { preflight, type Preflight, type RunOptions } from "./run";
import { uploadPlace } from "./uploadPlace";

/**
 * Evaluates a stack and asks for all that its first update needs.
 *
 * @param inAzure asks Azure with the identity that azure-native would use; otherwise an emulated subscription that lacks nothing
 * @throws UserError or ConfigError for a stack or settings that are wrong
 */
export async function preflightOfStack(
  stack: string,
  inAzure: boolean,
  progress: RunOptions["progress"],
): Promise<Preflight> {
  const settings = readStackSettings(stack);
  const run = await runOnEmulator(stack, settings, []);
  const environment: Environment = inAzure ? process.env : {};
  const declared = declaredOf(stack, settings, graphOf(run), {
    tenantId: run.tenantId,
    wantedTenantId: environment["ARM_TENANT_ID"],
  });
  const arm = inAzure
    ? await azure(declared)
    : emulatedSubscription(soundSubscription(declared, run.tenantId)).arm;
  const asked = await preflight(declared, {
    reader: readerOf(arm),
    now: new Date(),
    ...(progress !== undefined && { progress }),
  });
  if (!inAzure) return asked;
  return { ...asked, findings: [...asked.findings, ...(await uploadPlace(declared, addressesOf))] };
}

/** What the machine's resolver says, as the uploads ask it; nothing of a name that there is not. */
async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true, family: 4 })).map(({ address }) => address);
  } catch {
    return [];
  }
}
