import { Listr } from "listr2";
import type { EndpointSpec, OnEvent } from "./endpoint";
import { printError, shown } from "../output";

/** What an apply has said that is told again, or decides how the command ends. */
export interface Applied {
  /** Names of the deployments that answered the trial request. */
  readonly answered: ReadonlySet<string>;
  readonly warnings: readonly string[];
}

type Apply = (spec: EndpointSpec, onEvent: OnEvent) => Promise<void>;

/**
 * Applies the spec with a line for each deployment that changes in place on a terminal, and plain lines elsewhere.
 *
 * @param withUserPaths names the user's files in a message
 */
export async function applyWithProgress(
  apply: Apply,
  spec: EndpointSpec,
  withUserPaths: (text: string) => string,
): Promise<Applied> {
  const answered = new Set<string>();
  const warnings: string[] = [];
  const show = process.stderr.isTTY ? onTerminal : asLines;
  await show(async (onEvent) => {
    await apply(spec, (event) => {
      const { deployment = "endpoint", phase } = event;
      const message = shown(withUserPaths(event.message));
      if (phase === "tried") answered.add(deployment);
      if (phase === "warning" || phase === "unanswered") {
        // A message that begins with a place says itself what it is about.
        const warning = `warning: ${/^\S+:\d+: /.test(message) ? "" : `${deployment}: `}${message}`;
        warnings.push(warning);
        // What pip prints may come after it, so that it is told again; nothing comes after the trial.
        if (phase === "warning") printError(warning);
      }
      // Why it failed is said once, at the end.
      else if (phase === "failed") onEvent({ deployment, phase, message: "not deployed" });
      else onEvent({ deployment, phase, message });
    });
  }, spec);
  return { answered, warnings };
}

type Show = (work: (onEvent: OnEvent) => Promise<void>, spec: EndpointSpec) => Promise<void>;

const asLines: Show = (work) =>
  work(({ deployment = "endpoint", message }) => {
    printError(`${deployment}: ${message}`);
  });

const onTerminal: Show = async (work, spec) => {
  const deployments = new Map(spec.deployments.map(({ name }) => [name, deferred()]));
  const titles = new Map<string, (message: string) => void>();
  const applied = work(({ deployment = "", phase, message }) => {
    titles.get(deployment)?.(message);
    if (phase === "ready") deployments.get(deployment)?.resolve();
  }).then(
    () => {
      for (const one of deployments.values()) one.resolve();
    },
    (error: unknown) => {
      // The lines only show that it did not work; why is said once, at the end.
      for (const one of deployments.values()) one.reject(new Error("not deployed"));
      throw error;
    },
  );
  const progress = new Listr(
    [...deployments].map(([name, { promise }]) => ({
      title: name,
      task: async (_context: unknown, task: { title: string }) => {
        titles.set(name, (message) => {
          task.title = `${name}: ${message.split("\n")[0] ?? ""}`;
        });
        await promise;
      },
    })),
    // Ctrl-C is ours to handle: listr2's own handler ends the process before the endpoint is stopped.
    { concurrent: true, registerSignalListeners: false, exitOnError: false },
  );
  await Promise.all([progress.run(), applied]);
};

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((onDone, onFail) => {
    resolve = onDone;
    reject = onFail;
  });
  // Before its line has begun to wait, nobody listens yet.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
