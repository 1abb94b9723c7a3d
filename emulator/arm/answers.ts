/** ARM's answers: errors with a code and a message, entity tags, and what a client needs to follow an operation. */
import { createHash } from "node:crypto";
import { UserError } from "../../errors";
import { wrappedError } from "../azure/endpointNames";
import { Refusal } from "../azure/refusal";
import type { ArmDocument } from "./backend";
import { printBug } from "../../output";

const STATUS: Readonly<Record<string, number>> = {
  AuthenticationFailed: 401,
  NotFound: 404,
  ResourceNotFound: 404,
  ParentResourceNotFound: 404,
  ResourceGroupNotFound: 404,
  Conflict: 409,
  PreconditionFailed: 412,
  InternalServerError: 500,
  ServiceUnavailable: 503,
};

export function errorAnswer(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ error: { code, message } }, { status, headers: { ...headers } });
}

export function refused(error: unknown): Response {
  if (error instanceof Refusal) {
    const wrapped = wrappedError(error);
    if (wrapped !== undefined) {
      return Response.json({ error: wrapped }, { status: STATUS[error.code] ?? 400 });
    }
    return errorAnswer(STATUS[error.code] ?? 400, error.code, reason(error));
  }
  if (error instanceof UserError) return errorAnswer(400, "BadRequest", error.message);
  // A bug of the API: the client learns that it is one; the stack trace goes to the server's output.
  printBug(error);
  return errorAnswer(
    500,
    "InternalServerError",
    "The ARM API has failed; its own output says where.",
  );
}

/** A refusal's message begins with its code, which ARM gives apart. */
function reason({ code, message }: Refusal): string {
  return message.slice(`${code}: `.length);
}

/** Weak in nothing: the tag of an answer changes whenever anything in it does. */
export function etagOf(document: ArmDocument): string {
  const content = createHash("sha256").update(JSON.stringify(document)).digest("hex");
  return `"${content.slice(0, 32)}"`;
}

/** @throws Refusal when the caller's conditions do not hold */
export function assertConditions(headers: Headers, current: ArmDocument | undefined): void {
  const wanted = headers.get("if-match");
  const unwanted = headers.get("if-none-match");
  const tag = current === undefined ? undefined : etagOf(current);
  const holds = (condition: string) =>
    tag !== undefined &&
    condition.split(",").some((one) => one.trim() === "*" || one.trim() === tag);
  if ((wanted !== null && !holds(wanted)) || (unwanted !== null && holds(unwanted))) {
    throw new Refusal(
      "PreconditionFailed",
      "the resource is not as the request's If-Match or If-None-Match says; read it again",
      "endpoint-if-match",
    );
  }
}
