/** The entry of a detached supervisor: `tsx local/endpoint/main.ts --state DIR --cache DIR [--port N] [--rollout-record FILE]`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { diskFull, UserError } from "../../errors";
import { closeOnSignals } from "./signals";
import { startSupervisor } from "./supervisor";
import { print, printBug, printError } from "../../output";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      state: { type: "string" },
      cache: { type: "string" },
      port: { type: "string" },
      "rollout-record": { type: "string" },
    },
  });
  if (values.state === undefined || values.cache === undefined) {
    throw new UserError("usage: main.ts --state DIR --cache DIR [--port N]");
  }
  const supervisor = await startSupervisor({
    stateDirectory: resolve(values.state),
    cacheDirectory: resolve(values.cache),
    ...(values["rollout-record"] !== undefined && { rolloutRecord: values["rollout-record"] }),
    ...(values.port !== undefined && { port: parsePort(values.port) }),
  });
  closeOnSignals(supervisor);
  print(`the endpoint listens on ${supervisor.status().scoringUri}`);
  await supervisor.closed;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new UserError(`${text} is not a port; a number from 1 to 65535 is allowed`);
  }
  return port;
}

main().then(
  // Not left to the event loop: a forgotten timer would keep a supervisor that is closed.
  () => process.exit(0),
  (caught: unknown) => {
    const error = diskFull(caught) ?? caught;
    // A user's mistake is a sentence; anything else is a bug and shows where it is.
    if (error instanceof UserError) printError(error.message);
    else printBug(error);
    process.exit(1);
  },
);
