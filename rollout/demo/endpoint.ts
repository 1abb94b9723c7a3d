import { evaluateEndpoint } from "../../local/evaluateEndpoint";
import type { EndpointSpec, Supervisor } from "../../local/endpoint";
import { writeState } from "../../local/state";
import { withUserPaths } from "../../local/userPaths";
import { UserError } from "../../errors";
import { tell } from "./screen";

/** Brings every deployment of the endpoint up. @throws UserError when one does not come up */
export async function bringUp(
  supervisor: Supervisor,
  stack: string,
  endpoint: string,
): Promise<EndpointSpec> {
  const { run, wanted, files } = await evaluateEndpoint({ stack, endpoint, all: true }, new Set());
  try {
    await supervisor.apply(wanted.spec, ({ deployment, phase, message }) => {
      if (deployment === undefined) return;
      if (phase === "ready") tell(`✔ ${deployment}: ${message}`);
      // Only the first run installs.
      if (phase === "environment" || phase === "warning") tell(`${deployment}: ${message}`);
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(withUserPaths(error.message, files));
  }
  await writeState(stack, { version: 1, resources: run.stored });
  return wanted.spec;
}
