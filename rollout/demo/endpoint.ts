import { evaluateEndpoint } from "../../local/evaluateEndpoint";
import type { EndpointSpec, Supervisor } from "../../local/endpoint";
import { writeState } from "../../local/state";
import { withUserPaths } from "../../local/userPaths";
import { UserError } from "../../errors";
import { tell } from "./narrowReporter";

/** Brings every deployment of the endpoint up. @throws UserError when one does not come up */
export async function bringUp(
  supervisor: Supervisor,
  stack: string,
  endpoint: string,
): Promise<EndpointSpec> {
  const { run, wanted, files } = await evaluateEndpoint({ stack, endpoint, all: true }, new Set());
  const spec = withLongQueue(wanted.spec);
  try {
    await supervisor.apply(spec, ({ deployment, phase, message }) => {
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
  return spec;
}

/**
 * While the machine is busy with something else, requests wait for it instead of being refused with 429: that would say nothing
 * about a model.
 */
function withLongQueue(spec: EndpointSpec): EndpointSpec {
  const deployments = spec.deployments.map((one) => ({
    ...one,
    maxConcurrentRequestsPerInstance: 100,
  }));
  return { ...spec, deployments };
}
