import { setTimeout as sleep } from "node:timers/promises";
import { MACHINE_LEARNING_VERSION } from "../traffic/arm";
import { errorOf, type ArmClient, type ArmRequest } from "./armClient";
import { differences, type Difference } from "./compare";
import type { Answer, Sequence, Step } from "./sequence";

/** A workspace that sequences are run against. */
export interface Target {
  readonly client: ArmClient;
  readonly workspaceId: string;
  /** What `{{name}}` stands for. */
  readonly values: Readonly<Record<string, string>>;
  /** Tries of a step that is answered with a conflict, or that has to come true eventually. */
  readonly attempts: number;
  /** Between two of them, in milliseconds. */
  readonly retryDelayMs: number;
}

/** A step with what came back, and in what that is not as expected. */
export interface Taken {
  readonly step: Step;
  readonly answer: Answer;
  readonly differences: readonly Difference[];
}

export interface RunOptions {
  /** Stops between two requests, and the one under way. */
  readonly signal?: AbortSignal;
  readonly onStep?: (taken: Taken) => void;
}

/** Takes all steps of a sequence, also after one with an unexpected response. */
export async function runSequence(
  sequence: Sequence,
  target: Target,
  { signal, onStep }: RunOptions = {},
): Promise<Taken[]> {
  const taken: Taken[] = [];
  let etag = "";
  for (const step of sequence.steps) {
    signal?.throwIfAborted();
    const answer = await answered(step, target, etag, signal);
    if (step.request.method === "GET") etag = answer.etag ?? "";
    const one = { step, answer, differences: differences(step.expected, answer) };
    taken.push(one);
    onStep?.(one);
  }
  return taken;
}

async function answered(
  step: Step,
  target: Target,
  etag: string,
  signal?: AbortSignal,
): Promise<Answer> {
  const started = Date.now();
  const request = requestOf(step, target, etag, signal);
  for (let attempts = 1; ; attempts += 1) {
    const first = await target.client.send(request);
    const operation =
      step.wait === "accept" ? undefined : await target.client.followed(request, first, signal);
    const answer: Answer = {
      status: first.status,
      ...(first.status >= 400 ? errorOf(first.body) : {}),
      ...(operation === undefined
        ? {}
        : {
            operation: operation.status,
            ...(operation.code === undefined ? {} : { code: operation.code }),
            ...(operation.message === undefined ? {} : { message: operation.message }),
          }),
      ...(first.headers["etag"] === undefined ? {} : { etag: first.headers["etag"] }),
      ...(first.body === undefined ? {} : { body: first.body }),
      attempts,
      seconds: Math.round((Date.now() - started) / 1000),
    };
    if (attempts >= target.attempts || !isWorthRepeating(step, answer)) return answer;
    await sleep(target.retryDelayMs, undefined, signal === undefined ? {} : { signal });
  }
}

/**
 * Whether the answer may be another one soon: what has to come true eventually has not yet, or the endpoint is at another
 * write (assumptions endpoint-one-write and endpoint-busy-after-success) where no refusal is expected.
 */
function isWorthRepeating({ eventually, expected }: Step, answer: Answer): boolean {
  if (eventually === true) return differences(expected, answer).length > 0;
  const busy =
    answer.status === 409 || /in Updating provisioning state/i.test(answer.message ?? "");
  return busy && expected.status < 400;
}

function requestOf(
  { request }: Step,
  { workspaceId, values }: Target,
  etag: string,
  signal?: AbortSignal,
): ArmRequest {
  const { method, path, body, headers } = filled(request, { ...values, etag });
  const version =
    request.apiVersion === null
      ? ""
      : `?api-version=${request.apiVersion ?? MACHINE_LEARNING_VERSION}`;
  return {
    method,
    path: `${workspaceId}${path}${version}`,
    ...(body === undefined ? {} : { body }),
    ...(headers === undefined ? {} : { headers }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The value with each `{{name}}` in its texts replaced. @throws Error for a name without a value */
export function filled<T>(value: T, values: Readonly<Record<string, string>>): T {
  if (typeof value === "string") return fill(value, values) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => filled(item, values)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      fill(key, values),
      filled(item as unknown, values),
    ]),
  ) as T;
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing stands for {{${name}}}`);
    return value;
  });
}
