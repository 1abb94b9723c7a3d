import type { EvaluationRequest } from "./wire";

/** Evaluates in this process. Pulumi's SDK is loaded only here: most suites never need it. */
export async function evaluateInThisProcess(request: EvaluationRequest): Promise<unknown> {
  const { previewOnEmulator, runOnEmulator } = await import("../../emulator/onEmulator");
  const { kind, stack, settings, prior, otherStacks } = request;
  return kind === "up"
    ? runOnEmulator(stack, settings, prior, otherStacks)
    : previewOnEmulator(stack, settings);
}
