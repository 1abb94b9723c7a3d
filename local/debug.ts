/** A deployment that is run under a debugger: nothing of it is given up while it is stopped at a breakpoint. */
import { UserError } from "../errors";
import { freePort } from "../httpServer";
import type { DeploymentSpec, EndpointSpec } from "./endpoint";
import type { Evaluated } from "./evaluateEndpoint";
import { revisionOf } from "./revision";
import { userFolderOf, type UserFiles } from "./userPaths";

/** Milliseconds in a day, as a limit that nobody who debugs meets. */
const DAY_MS = 24 * 3600 * 1000;
/** Failed probes in a row that nobody sees: a stopped worker answers none. */
const NEVER = 1_000_000_000;

/**
 * What was evaluated, with a free port at which the named deployment is debugged; as it is without a name.
 *
 * @throws as `withDebugger`
 */
export async function evaluatedForDebugging(
  evaluated: Evaluated,
  name: string | undefined,
): Promise<Evaluated> {
  if (name === undefined) return evaluated;
  const spec = withDebugger(evaluated.wanted.spec, name, await freePort());
  return { ...evaluated, wanted: { ...evaluated.wanted, spec } };
}

/**
 * The spec with one deployment to be debugged at a port of the loopback address: one instance with one worker, and no time
 * limits.
 *
 * @throws UserError when there is no such deployment, or it is not among those that are started
 */
export function withDebugger(spec: EndpointSpec, name: string, port: number): EndpointSpec {
  if (!spec.deployments.some((one) => one.name === name)) {
    const names = spec.deployments.map((one) => one.name).join(", ");
    throw new UserError(
      `There is no deployment "${name}" to debug among those that are started: ${names}. Those without traffic are started with --all.`,
    );
  }
  const deployments = spec.deployments.map((one) =>
    one.name === name ? debugged(one, port) : one,
  );
  return { ...spec, deployments };
}

function debugged(spec: DeploymentSpec, debugPort: number): DeploymentSpec {
  const { autoscale: _scaled, startupProbe: _start, ...kept } = spec;
  const patient = { ...spec.readinessProbe, failureThreshold: NEVER };
  const debugged = {
    ...kept,
    instanceCount: 1,
    debugPort,
    // gunicorn ends a worker that is silent this long; 0: never (gunicorn's settings, "timeout").
    environmentVariables: { ...spec.environmentVariables, WORKER_COUNT: "1", WORKER_TIMEOUT: "0" },
    requestTimeoutMs: DAY_MS,
    readinessProbe: patient,
    livenessProbe: { ...spec.livenessProbe, failureThreshold: NEVER },
  };
  return { ...debugged, revision: revisionOf(debugged) };
}

/** How to attach to it. */
export function debuggerText(debugged: DeploymentSpec, files: UserFiles): string {
  return `
The debugger of ${debugged.name} listens at 127.0.0.1:${debugged.debugPort}. Every user of this machine can attach to it.
As .vscode/launch.json, or by any client of the Debug Adapter Protocol:
${launchJson(debugged, files)}`;
}

/** For `.vscode/launch.json`: where the debugger listens, and which of the user's folders the running copy is of. */
export function launchJson(spec: DeploymentSpec, { sources }: UserFiles): string {
  const { name, codeDirectory, debugPort } = spec;
  const localRoot = userFolderOf(codeDirectory, sources) ?? codeDirectory;
  const configuration = {
    name: `${name} on the local endpoint`,
    type: "debugpy",
    request: "attach",
    connect: { host: "127.0.0.1", port: debugPort },
    pathMappings: [{ localRoot, remoteRoot: codeDirectory }],
  };
  return JSON.stringify({ version: "0.2.0", configurations: [configuration] }, null, 2);
}
