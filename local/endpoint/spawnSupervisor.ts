/** Starts a supervisor that goes on after this process has ended. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { cannotWrite, UserError } from "../../errors";
import { MOST_BYTES, readTextIfThere } from "../../input/userFile";
import { connectSupervisor, type SupervisorClient } from "./controlClient";
import { makePrivateFolder } from "./privateFolder";
import type { SupervisorOptions } from "./supervisor";

/** Milliseconds. Starting takes about one second; a busy machine gets more. */
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

/** Resolves when it answers; rejects with a UserError that says why it does not. */
export async function spawnSupervisor(options: SupervisorOptions): Promise<SupervisorClient> {
  const { stateDirectory, cacheDirectory, port, rolloutRecord } = options;
  const other = await connectSupervisor(stateDirectory);
  if (other !== undefined) {
    throw new UserError(
      `an endpoint already runs with the state folder ${stateDirectory} (process ${other.pid})`,
    );
  }
  const logPath = join(stateDirectory, "supervisor.log");
  const log = openLog(stateDirectory, logPath);
  const child = spawn(
    process.execPath,
    [
      ...["--require", require.resolve("tsx/cjs"), join(__dirname, "main.ts")],
      ...["--state", stateDirectory, "--cache", cacheDirectory],
      ...(port === undefined ? [] : ["--port", String(port)]),
      ...(rolloutRecord === undefined ? [] : ["--rollout-record", rolloutRecord]),
    ],
    { detached: true, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  child.unref();
  let ended: string | undefined;
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", (code, signal) => {
    ended = `exit status ${String(code ?? signal)}`;
  });

  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    await sleep(POLL_MS);
    if (ended !== undefined) {
      throw new UserError(
        (readTextIfThere(logPath, MOST_BYTES.document) ?? "").trim() ||
          `it did not start: ${ended}`,
      );
    }
    const client = await connectSupervisor(stateDirectory, { clearUp: false });
    if (client?.pid === child.pid && client !== undefined) return client;
  }
  child.kill("SIGKILL");
  throw new UserError(`the endpoint's supervisor did not start in time; see ${logPath}`);
}

function openLog(stateDirectory: string, logPath: string): number {
  try {
    makePrivateFolder(stateDirectory);
    return openSync(logPath, "w", 0o600);
  } catch (error) {
    throw cannotWrite(`the folder for the endpoint's state, ${stateDirectory},`, error);
  }
}
