import { sendLoad } from "../../local/load/command";
import { requestBodies } from "../../local/load/requestBodies";
import type { LoadResult } from "../../local/load/results";
import type { Supervisor } from "../../local/endpoint";
import { counted } from "../format";
import { PER_SECOND } from "./plan";

/** Longer than any act. */
const SECONDS = 3600;
/** Far more than a healthy endpoint leaves unanswered. */
const MAX_IN_FLIGHT = 100;

/** Does something while callers send requests. Resolves with what became of these, and rejects as the work does. */
export async function whileCalled<T>(
  supervisor: Supervisor,
  stack: string,
  endpoint: string,
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly load: LoadResult }> {
  const stop = new AbortController();
  const rate = { perSecond: PER_SECOND, seconds: SECONDS, maxInFlight: MAX_IN_FLIGHT };
  const sent = sendLoad(supervisor, requestBodies({ stack, endpoint }), rate, stop.signal);
  try {
    const done = await work();
    stop.abort();
    return { done, load: await sent };
  } finally {
    stop.abort();
    await sent.catch(() => undefined);
  }
}

/** `1020 requests, 12 failed, all of them from multi-model` */
export function callersText({ answered, deployments }: LoadResult): string {
  const failed = deployments.flatMap(({ name, byStatus }) => {
    const count = [...byStatus]
      .filter(([status]) => status >= 400)
      .reduce((sum, [, one]) => sum + one, 0);
    return count === 0 ? [] : [{ name: name ?? "the endpoint", count }];
  });
  const requests = counted(answered, "request", "requests");
  if (failed.length === 0) return `${requests}, none failed`;
  const total = failed.reduce((sum, { count }) => sum + count, 0);
  const parts = failed.map(({ name, count }) => `${count} from ${name}`).join(", ");
  return `${requests}, ${total} failed (${parts})`;
}
