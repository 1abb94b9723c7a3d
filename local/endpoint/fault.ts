/**
 * Faults that a user asks for, to see what a rollout does about them. They act on a deployment's answers on their way through the
 * router, so the model's code is as it is. They are kept in memory alone: the end of the deployment's revision, or of the
 * endpoint, ends them.
 */
import { z } from "zod";

import { UserError } from "../../errors";

const faultSchema = z.strictObject({
  /** Percent of the answers that are replaced by a failure. */
  errorPercent: z.number().gt(0).max(100).exactOptional(),
  /** How many times as long an answer takes; the deployment's time limit still holds. */
  slowFactor: z.number().gt(1).max(100).exactOptional(),
  /** Numbers in JSON answers are changed. */
  changesAnswers: z.literal(true).exactOptional(),
});

/** At least one of them; an answer can have several. */
export type Fault = z.output<typeof faultSchema>;

const requestSchema = z.discriminatedUnion("kind", [
  /** Replaces the deployment's fault. */
  z.strictObject({ kind: z.literal("set"), deployment: z.string(), fault: faultSchema }),
  z.strictObject({ kind: z.literal("off"), deployment: z.string() }),
  /** Ends the process of one of its instances, once. */
  z.strictObject({ kind: z.literal("crash"), deployment: z.string() }),
]);

export type FaultRequest = z.output<typeof requestSchema>;

/** @throws UserError when it is not one */
export function checkFaultRequest(value: unknown): FaultRequest {
  const { success, data } = requestSchema.safeParse(value);
  if (success) return data;
  throw new UserError("that is not a fault: errors up to 100 %, slow up to 100x, answers");
}

/** `5 % of the answers fail, answers take 3 times as long` */
export function faultText({ errorPercent, slowFactor, changesAnswers }: Fault): string {
  return [
    ...(errorPercent === undefined ? [] : [`${errorPercent} % of the answers fail`]),
    ...(slowFactor === undefined ? [] : [`answers take ${slowFactor} times as long`]),
    ...(changesAnswers === undefined ? [] : ["numbers in answers are changed"]),
  ].join(", ");
}
