import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../errors";
import { readEndpointDirectory } from "../config/azureml";
import { shownPath } from "../projectDirectory";
import { isCommitted } from "./committed";
import type { Context } from "./context";
import { current, unknownRollout } from "./current";
import { editYaml } from "./yamlEdit";

export interface RetireOptions {
  /** Whether a file that no commit has may be deleted. @default false */
  readonly yes?: boolean;
}

/**
 * Takes a deployment without requests out of what is declared. Nothing is deleted at the endpoint here: the next `up` does
 * that, after it has seen to it that no requests go there.
 */
export async function retire(
  context: Context,
  deployment: string,
  { yes = false }: RetireOptions = {},
): Promise<void> {
  const { declared, reporter } = context;
  const { live, open, unknown } = await current(context);
  if (unknown !== undefined) throw unknownRollout(context, unknown);
  if (open !== undefined) {
    throw new UserError(
      `A rollout of ${open.rollout.canary} is under way; finish it with promote or abort first`,
    );
  }
  const found = declared.deployments.find(({ name }) => name === deployment);
  if (found === undefined) {
    const names = declared.deployments.map(({ name }) => name).join(", ");
    throw new UserError(`There is no YAML of a deployment ${deployment}; there is ${names}`);
  }
  const holds = [
    ...share("live requests", live.split.traffic[deployment]),
    ...share("mirrored requests", live.split.mirrorTraffic[deployment]),
    ...share("declared traffic", declared.traffic[deployment]),
    ...share("declared mirror_traffic", declared.mirrorTraffic[deployment]),
  ];
  if (holds.length > 0) {
    throw new UserError(
      `${deployment} has ${holds.join(" and ")}; a deployment is retired when it has none. Roll another one out first`,
    );
  }
  if (declared.deployments.length === 1) {
    throw new UserError(`${deployment} is the only deployment of the endpoint; it is not retired`);
  }

  if (!yes && !(await isCommitted(found.file))) {
    throw new UserError(
      `${shownPath(found.file)}: no commit has this file as it is, and retire deletes it. Commit it first, or add --yes`,
    );
  }

  // In this order a half-done retirement is a folder that is read as before.
  const changed = await editYaml(declared.file, [
    { path: ["traffic", deployment], value: undefined },
    { path: ["mirror_traffic", deployment], value: undefined },
  ]);
  for (const line of changed) reporter.say(`${shownPath(declared.file)} ${line}`);
  await rm(found.file).catch((error: unknown) => {
    throw new UserError(`${shownPath(found.file)} cannot be deleted: ${(error as Error).message}`);
  });
  reporter.say(`${shownPath(found.file)} is deleted.`);
  await warnIfStillDeclared(context, deployment);
  reporter.say(
    "The deployment itself still exists. `pulumi up` (or `npm run local -- up`) deletes it, after the split was written without it. Commit this change.",
  );
}

/** Several files may declare one deployment; then the next one counts from now on. */
async function warnIfStillDeclared(
  { declared, reporter }: Context,
  deployment: string,
): Promise<void> {
  const { definition } = await readEndpointDirectory(dirname(declared.file));
  const other = definition?.deployments.find(({ name }) => name === deployment);
  if (other === undefined) return;
  reporter.warn(`warning: ${shownPath(other.file)} declares ${deployment} too; delete it as well`);
}

function share(what: string, percent: number | undefined): string[] {
  return percent === undefined || percent === 0 ? [] : [`${percent} % of ${what}`];
}
