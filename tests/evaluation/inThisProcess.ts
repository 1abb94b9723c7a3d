import type { EvaluationRequest } from "./wire";

/** Evaluates in this process. Pulumi's SDK is loaded only here: most suites never need it. */
export async function evaluateInThisProcess(request: EvaluationRequest): Promise<unknown> {
  const { previewOnStandIn, runOnStandIn } = await import("../../local/standIn");
  const { kind, stack, settings, prior, otherStacks } = request;
  return kind === "up"
    ? runOnStandIn(stack, settings, prior, otherStacks)
    : previewOnStandIn(stack, settings);
}
