import { createRequire } from "node:module";
import { evaluateInThisProcess } from "./inThisProcess";
import { decode, encode, type EvaluationAnswer, type EvaluationRequest } from "./wire";

/**
 * A process that evaluates stacks for the suites of a run, one after another: the program and Pulumi's SDK are loaded once
 * instead of once for each suite. Requests and answers are encoded text over the IPC channel.
 */

// The object that Pulumi's modules ask, which an import would copy. Why: see tests/runner/lazy/debuggable.cjs.
const debuggable = createRequire(__filename)("@pulumi/pulumi/runtime/debuggable") as {
  debuggablePromise: (promise: unknown) => unknown;
};
debuggable.debuggablePromise = (promise) => promise;

const warnings: string[] = [];
console.warn = (...words: unknown[]) => {
  warnings.push(words.map(String).join(" "));
};

async function answer(request: EvaluationRequest): Promise<EvaluationAnswer> {
  warnings.length = 0;
  try {
    const evaluation = await evaluateInThisProcess(request);
    return { evaluation, warnings: [...warnings] };
  } catch (error) {
    const { name, message, problems } = error as Error & { problems?: unknown };
    return {
      error: { name, message, ...(problems !== undefined && { problems }) },
      warnings: [...warnings],
    };
  }
}

let last = Promise.resolve();
process.on("message", ({ id, request }: { id: number; request: string }) => {
  // Pulumi's runtime is one for the process.
  last = last.then(async () => {
    process.send?.({ id, answer: encode(await answer(decode(request) as EvaluationRequest)) });
  });
});
process.on("disconnect", () => process.exit(0));
