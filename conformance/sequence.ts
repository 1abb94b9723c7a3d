import type { AssumptionId } from "../assumptions";
import type { Traffic } from "../traffic/split";

/** Calls to Azure Resource Manager, one after the other, with the answer that is expected of each: data, no code. */
export interface Sequence {
  /** Also the name of its transcript's file. */
  readonly id: string;
  readonly title: string;
  /** Whether it works on the endpoint with the deployments `blue` and `green` that the fixture makes. */
  readonly needsFixture: boolean;
  readonly steps: readonly Step[];
}

export interface Step {
  /** Unique in its sequence. */
  readonly name: string;
  readonly request: StepRequest;
  /** `end`: follow the operation that a write starts to its end. `accept`: go on at once. @default "end" */
  readonly wait?: "end" | "accept";
  /** Repeat a read until the answer is as expected, as often as the target says. @default false */
  readonly eventually?: boolean;
  readonly expected: Expected;
  /** What the answer decides. A step without any only prepares the next. */
  readonly proves?: readonly AssumptionId[];
}

/**
 * Every text may hold `{{name}}`, which stands for a value of the target (`endpoint`, `spareEndpoint`, `location`), or
 * `{{etag}}`, the ETag of the newest read. A transcript shows the request in this form.
 */
export interface StepRequest {
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** Below the workspace's id. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** null sends none. @default the version that the program writes with */
  readonly apiVersion?: string | null;
}

export interface Expected {
  /** HTTP status of the first answer. */
  readonly status: number;
  /** Code of the error, in the first answer or in the operation that failed. */
  readonly code?: string;
  /** How the operation ends that the answer names; absent where none is followed. */
  readonly operation?: "Succeeded" | "Failed";
  /** Values of the answer's body by dotted path; undefined for what must not be there. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The endpoint's split in the answer; a deployment that is left out counts as 0. */
  readonly traffic?: Traffic;
  readonly mirrorTraffic?: Traffic;
  /** Whether there is an ETag header. */
  readonly etag?: boolean;
}

/** What came back for a step. */
export interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly operation?: "Succeeded" | "Failed";
  readonly etag?: string;
  readonly body?: unknown;
  /** How often the request was sent until it was answered so. */
  readonly attempts: number;
  /** From the first request to the end of the operation. */
  readonly seconds: number;
}
