/** The entry of updateProcess.ts: loads what an update needs, waits for a message with its options, and makes it. */
import { loadProgram } from "../../graph/program";
import { ConfigError, errorText, UserError } from "../../errors";
import { print, printBug, printError } from "../../output";
import { applyEvaluated, printPlan, sayingWhatServes } from "../applyEvaluated";
import { connectSupervisor } from "../endpoint";
import { evaluateEndpoint } from "../evaluateEndpoint";
import { endpointDirectory, whileLocked } from "../state";

export interface UpdateOptions {
  readonly stack: string;
  readonly endpoint?: string;
  readonly all?: boolean;
  readonly telemetry?: string;
}

async function update(options: UpdateOptions): Promise<void> {
  const { stack } = options;
  const began = performance.now();
  const host = await connectSupervisor(endpointDirectory(stack));
  // It has ended, and the watching is about to.
  if (host === undefined) return;
  const running = (await host.status()).deployments.map(({ name }) => name);
  await sayingWhatServes(running, async () => {
    const evaluated = await evaluateEndpoint(options, new Set(running));
    printPlan(stack, evaluated.run, evaluated.wanted);
    // The user sees at once why it does not start, and saves again.
    await applyEvaluated(host, stack, evaluated, { starts: 1 });
  });
  print(`Done after ${((performance.now() - began) / 1000).toFixed(1)} s.`);
}

process.once("disconnect", () => process.exit());
process.once("message", (options: UpdateOptions) => {
  void whileLocked(options.stack, () => update(options))
    .catch((error: unknown) => {
      if (error instanceof ConfigError || error instanceof UserError) printError(errorText(error));
      else printBug(error);
    })
    .then(() => process.exit());
});
void loadProgram();
