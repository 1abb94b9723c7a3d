/** What of callers' requests is kept while they are captured, and how much of it. Nothing is, unless a user asks for it. */
import { z } from "zod";

import { UserError } from "../../../errors";

/** The most that a user can ask for: all of it is read into memory to be sent again. */
const MOST = { requests: 100_000, bodyBytes: 4 * 1024 * 1024, totalBytes: 256 * 1024 * 1024 };

const settings = z.strictObject({
  /** Requests, with their answers; later ones are not kept. */
  requests: z.number().int().min(1).max(MOST.requests).default(1000),
  /** Bytes of a request's body, and of its answer's; with a longer one the request is not kept. */
  bodyBytes: z
    .number()
    .int()
    .min(1)
    .max(MOST.bodyBytes)
    .default(64 * 1024),
  /** Bytes of the file. */
  totalBytes: z
    .number()
    .int()
    .min(1)
    .max(MOST.totalBytes)
    .default(16 * 1024 * 1024),
  /** Keys that are left out of bodies and answers, wherever they are; what is not JSON is then not kept. */
  leaveOut: z.array(z.string().min(1)).default([]),
});

export type CaptureSettings = z.output<typeof settings>;

const requestSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("on"), settings }),
  z.strictObject({ kind: z.literal("off") }),
]);

/** `on` begins a new file; `off` keeps it. */
export type CaptureRequest = z.input<typeof requestSchema>;

/** @throws UserError when it is not one */
export function checkCaptureRequest(value: unknown): z.output<typeof requestSchema> {
  const { success, data } = requestSchema.safeParse(value);
  if (success) return data;
  throw new UserError(
    `that cannot be captured: at most ${MOST.requests} requests, ${MOST.bodyBytes} bytes a body and ${MOST.totalBytes} bytes in all`,
  );
}
