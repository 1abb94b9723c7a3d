import { evaluateInThisProcess } from "./inThisProcess";
import type { EvaluationAnswer, EvaluationRequest } from "./wire";
import { decode, encode } from "./wire";

/**
 * A process that evaluates stacks for the suites of a run, one after another: the program and Pulumi's SDK are loaded once
 * instead of once for each suite. Requests and answers are encoded text over the IPC channel.
 */
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
