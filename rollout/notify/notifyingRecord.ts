import type { Reporter } from "../context";
import type { RolloutRecord } from "../record";
import type { Channel, Notice } from "./channels";
import { transitionOf, type Transition } from "./transition";

/** Milliseconds that a service gets. The endpoint was written before, so traffic does not wait for it. */
const TIMEOUT_MS = 5_000;

/** A record that tells of each transition once it is on the disk. Nothing that goes wrong with that is an error. */
export function notifyingRecord(
  record: RolloutRecord,
  endpoint: string,
  channels: readonly Channel[],
  reporter: Pick<Reporter, "warn">,
): RolloutRecord {
  if (channels.length === 0) return record;
  return {
    place: record.place,
    lines: () => record.lines(),
    async append(line) {
      await record.append(line);
      try {
        const transition = transitionOf(await record.lines(), endpoint);
        if (transition === undefined) return;
        await Promise.all(channels.map((channel) => tell(channel, transition, reporter)));
      } catch (error) {
        reporter.warn(`warning: nobody was told of this: ${(error as Error).message}`);
      }
    },
  };
}

async function tell(
  channel: Channel,
  transition: Transition,
  reporter: Pick<Reporter, "warn">,
): Promise<void> {
  const problem = await send(channel.notice(transition, Date.now()));
  if (problem === undefined) return;
  reporter.warn(`warning: ${channel.name} was not told of this: ${problem}. The rollout goes on.`);
}

/** Why it was not accepted; never with the address, which may be a secret. */
async function send({ url, headers, body }: Notice): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: "POST", headers, body, redirect: "error", signal });
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    const { name, cause } = error as Error;
    const { code } = (cause ?? {}) as NodeJS.ErrnoException;
    if (name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
    return code ?? "no connection";
  }
}
