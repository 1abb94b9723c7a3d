import { UserError } from "../errors";
import { MOST_BYTES, readTextIfThere } from "../input/userFile";
import { linesSince } from "./logTimes";
import { newestLog, type EndpointStatus } from "./endpoint";

/** Lines shown of each log, where nobody asks for a time. */
const LINES = 40;

/**
 * The end of every instance's log, or of one deployment's.
 *
 * @param since milliseconds since 1970: all lines from then on. @default the last lines
 * @param declared names of the stack's deployments, running or not
 * @throws UserError when there is no such deployment
 */
export function tailOfLogs(
  status: EndpointStatus,
  deployment?: string,
  declared: readonly string[] = [],
  since?: number,
): string {
  const names = status.deployments.map(({ name }) => name);
  if (deployment !== undefined && !names.includes(deployment) && declared.includes(deployment)) {
    throw new UserError(
      `The deployment ${deployment} is declared and does not run on this machine, so it has no log. Start it with: npm run local -- up --all`,
    );
  }
  if (deployment !== undefined && !names.includes(deployment)) {
    throw new UserError(`There is no deployment "${deployment}"; there are: ${names.join(", ")}.`);
  }
  const sections = status.deployments
    .filter(({ name }) => deployment === undefined || name === deployment)
    .flatMap(({ name, instances }) =>
      instances.map(({ id, logPath }) => section(`${name}, instance ${id}`, logPath, since)),
    );
  return sections.join("\n\n");
}

/** The end of the log that a deployment left which did not start; undefined when it left none. */
export function tailOfFormerLog(
  stateDirectory: string,
  deployment: string,
  since?: number,
): string | undefined {
  const logPath = newestLog(stateDirectory, deployment);
  return logPath === undefined
    ? undefined
    : section(`${deployment}, which does not run`, logPath, since);
}

function section(title: string, logPath: string, since: number | undefined): string {
  const text = readTextIfThere(logPath, MOST_BYTES.document);
  const lines = (text ?? "(no log)").trimEnd().split("\n");
  const head = `==> ${title}: ${logPath}`;
  if (text === undefined || since === undefined) return [head, ...lines.slice(-LINES)].join("\n");
  // What was moved away to make room (rotatingLog.ts).
  const former = readTextIfThere(`${logPath}.1`, MOST_BYTES.document)?.trimEnd().split("\n") ?? [];
  const found = linesSince([...former, ...lines], since);
  return [head, ...(found.length === 0 ? ["(no line since then)"] : found)].join("\n");
}
