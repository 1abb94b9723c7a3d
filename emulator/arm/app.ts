import { v4 as uuid } from "uuid";
import { errorAnswer } from "./answers";
import type { ArmBackend } from "./backend";
import { DroppedConnection, Faults } from "./faults";
import { Operations } from "./operations";
import { canonicalPath } from "./paths";
import { routes } from "./routes";

export interface EmulatedArmOptions {
  /** @default none */
  readonly faults?: Faults;
  /** Polls of an operation that find it in progress. @default 1 */
  readonly polls?: number;
  /** Seconds between two polls, as clients are told; 0 leaves it to them. @default 1 */
  readonly retryAfterSeconds?: number;
}

interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly status: number | "dropped";
}

/** ARM's machine-learning API, as far as online endpoints need it, as a function of requests. */
export interface EmulatedArm {
  /** @throws DroppedConnection for a call that gets no answer */
  fetch(request: Request): Promise<Response>;
  readonly faults: Faults;
  /** Every call so far, in the order of the answers. */
  readonly recorded: readonly RecordedCall[];
}

export function emulatedArm(
  backend: ArmBackend,
  { faults = new Faults(), polls = 1, retryAfterSeconds = 1 }: EmulatedArmOptions = {},
): EmulatedArm {
  const operations = new Operations();
  const app = routes({ backend, faults, operations, pace: { polls, retryAfterSeconds } });
  const recorded: RecordedCall[] = [];

  async function answer(request: Request, method: string, path: string): Promise<Response> {
    const fault = faults.take(method, path, "conflict", "throttled", "internal");
    switch (fault?.kind) {
      case "conflict":
        return errorAnswer(409, "Conflict", "Conflict of operation, another operation is running.");
      case "throttled":
        return errorAnswer(429, "TooManyRequests", "The request is being throttled.", {
          "retry-after": String(fault.retryAfterSeconds),
        });
      case "internal":
        return errorAnswer(500, "InternalServerError", "The service has an internal problem.");
      case undefined:
        return app.fetch(request);
    }
  }

  return {
    faults,
    recorded,
    async fetch(request) {
      const { method } = request;
      const path = canonicalPath(new URL(request.url).pathname);
      const dropped = faults.take(method, path, "droppedConnection");
      const response =
        dropped?.moment === "before" ? undefined : await answer(request, method, path);
      if (dropped !== undefined || response === undefined) {
        recorded.push({ method, path, status: "dropped" });
        throw new DroppedConnection(`the connection of ${method} ${path} was lost`);
      }
      recorded.push({ method, path, status: response.status });
      response.headers.set("x-ms-request-id", uuid());
      return response;
    },
  };
}
