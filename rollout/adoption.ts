import { UserError } from "../errors";
import { describeSplit, namesWithTraffic, type Split } from "../traffic/split";
import { shownPath } from "../projectDirectory";
import type { Context, DeclaredEndpoint } from "./context";
import type { Drift } from "./drift";
import { editYaml, type Edit } from "./yamlEdit";

/**
 * Writes a split into the endpoint's YAML.
 * @returns what was changed, a line each
 * @throws UserError when it names a deployment without YAML, or the file cannot be changed
 */
export async function adoptSplit(
  { file, deployments, mirrorTraffic }: DeclaredEndpoint,
  split: Split,
): Promise<string[]> {
  const names = deployments.map(({ name }) => name);
  const unknown = namesWithTraffic(split).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new UserError(
      `${unknown.join(", ")} has requests and no YAML beside ${shownPath(file)}; add its YAML, or take its requests away`,
    );
  }
  // All of them: the file may have been changed since it was read, hours ago.
  const edits = names.map((name): Edit => ({
    path: ["traffic", name],
    value: split.traffic[name] ?? 0,
  }));
  return (await editYaml(file, [...edits, ...mirrorEdits(mirrorTraffic, split)])).map(
    (line) => `${shownPath(file)} ${line}`,
  );
}

function mirrorEdits(declared: Split["mirrorTraffic"], { mirrorTraffic }: Split): Edit[] {
  const positive = Object.entries(mirrorTraffic).filter(([, percent]) => percent > 0);
  const gone = Object.keys(declared).filter((name) => (mirrorTraffic[name] ?? 0) === 0);
  if (positive.length === 0) {
    return gone.length === 0 ? [] : [{ path: ["mirror_traffic"], value: undefined }];
  }
  return [
    ...gone.map((name): Edit => ({ path: ["mirror_traffic", name], value: undefined })),
    ...positive.map(([name, value]): Edit => ({ path: ["mirror_traffic", name], value })),
  ];
}

/** Writes the numbers of instances that are live into the deployments' YAML. */
export async function adoptInstanceCounts(
  { deployments }: DeclaredEndpoint,
  counts: Drift["instanceCounts"],
): Promise<string[]> {
  const lines: string[] = [];
  for (const { deployment, live } of counts) {
    const file = deployments.find(({ name }) => name === deployment)?.file;
    if (file === undefined) continue;
    const changed = await editYaml(file, [{ path: ["instance_count"], value: live }]);
    lines.push(...changed.map((line) => `${shownPath(file)} ${line}`));
  }
  return lines;
}

/** Said after a change of the user's YAML. */
export const COMMIT = "Commit this change.";

/**
 * At the end of a rollout: what the endpoint has now becomes what is declared, or the next `up` would take it back. A
 * checkout that cannot be written to is no reason to fail, since the rollout itself is over.
 */
export async function declareFinalSplit(
  { declare, reporter }: Context,
  split: Split,
): Promise<void> {
  try {
    const lines = await declare(split);
    for (const line of lines) reporter.say(`Adopted: ${line}`);
    if (lines.length > 0) reporter.say(COMMIT);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    reporter.warn(
      `warning: the final split is not declared yet: ${error.message}. Write it by hand: ${describeSplit(split)}`,
    );
  }
}
