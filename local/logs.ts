import { UserError } from "../errors";
import { MOST_BYTES, readTextIfThere } from "../input/userFile";
import type { EndpointStatus } from "./endpoint";

/** Lines shown of each log, where nobody asks for another number. */
const LINES = 40;

/**
 * The end of every instance's log, or of one deployment's.
 * @throws UserError when there is no such deployment
 */
export function tailOfLogs(status: EndpointStatus, deployment?: string, count = LINES): string {
  const names = status.deployments.map(({ name }) => name);
  if (deployment !== undefined && !names.includes(deployment)) {
    throw new UserError(`There is no deployment "${deployment}"; there are: ${names.join(", ")}.`);
  }
  const sections = status.deployments
    .filter(({ name }) => deployment === undefined || name === deployment)
    .flatMap(({ name, instances }) =>
      instances.map(({ id, logPath }) => {
        const text = readTextIfThere(logPath, MOST_BYTES.document) ?? "(no log)";
        const lines = text.trimEnd().split("\n").slice(-count);
        return `==> ${name}, instance ${id}: ${logPath}\n${lines.join("\n")}`;
      }),
    );
  return sections.join("\n\n");
}
