import type { Reporter } from "../context";
import type { RolloutRecord } from "../record";
import type { Channel } from "./channels";
import { transitionOf, type Transition } from "./transition";

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
  const problem = await channel.tell(transition);
  if (problem === undefined) return;
  reporter.warn(`warning: ${channel.name} was not told of this: ${problem}. The rollout goes on.`);
}
