import { UserError } from "../errors";
import { describeSplit, namesWithTraffic, sameSplit, type Split } from "./split";

/** What is known about an endpoint's split before it is written. */
export interface Decision {
  /** What was written last time, or seen by the last refresh; undefined when nothing is known. */
  readonly last: Split | undefined;
  readonly live: Split;
  readonly desired: Split;
  /** Names of the deployments that will be there afterwards. */
  readonly deployments: readonly string[];
  /** How to see both and choose, for the message. */
  readonly advice: string;
}

/**
 * The split to write, such that no change is overwritten silently. A split that somebody changed outside stays as long
 * as nobody declares another one; when both changed, the user has to choose.
 *
 * @throws UserError that shows all splits, when both changed
 */
export function decideSplit({ last, live, desired, deployments, advice }: Decision): Split {
  if (sameSplit(live, desired)) return desired;
  const untouched =
    last === undefined ? namesWithTraffic(live).length === 0 : sameSplit(live, last);
  if (untouched) return desired;
  const staying = namesWithTraffic(live).every((name) => deployments.includes(name));
  if (last !== undefined && sameSplit(last, desired) && staying) return live;
  const known = last === undefined ? "it is not known what wrote it" : describeSplit(last);
  throw new UserError(
    "the endpoint's split was changed outside and is not overwritten.\n" +
      `  live     ${describeSplit(live)}\n` +
      `  known    ${known}\n` +
      `  declared ${describeSplit(desired)}\n${advice}`,
  );
}
