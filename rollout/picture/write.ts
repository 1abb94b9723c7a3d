import { writeUserFile } from "../../command";
import { UserError } from "../../errors";
import { print } from "../../output";
import { systemClock } from "../clock";
import { recordFile } from "../recordFile";
import { recordPath } from "../rolloutFiles";
import { configOf, type RolloutTargetOptions } from "../rolloutTarget";
import { pictureOf } from "./model";
import { rolloutPage } from "./page";

/**
 * Writes the page of the newest rollout, from the record alone: nothing has to run.
 *
 * @throws UserError when none is on record, or the file cannot be written
 */
export async function writePage(options: RolloutTargetOptions, out: string): Promise<void> {
  const config = await configOf(options);
  const isCluster = config.target === "production";
  const name = isCluster ? config.endpointName : config.endpoint.name;
  const record = recordFile(recordPath(options.stack, options.azure || isCluster));
  const now = new Date(systemClock.now()).toISOString();
  const picture = pictureOf(await record.lines(), name, now);
  if (picture === undefined) {
    throw new UserError(
      `No rollout of the endpoint ${name} is on record in ${record.place}. Start one with: start --canary NAME`,
    );
  }
  writeUserFile(out, await rolloutPage(picture));
  print(`→ ${out}`);
}
