/**
 * A process for one update, which has loaded everything before it is needed: the program can be evaluated once in a process
 * (graph/program.ts), and loading it takes longer than evaluating it.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { UpdateOptions } from "./update";

export interface Update {
  /** Brings the endpoint to what the files say now; what is wrong with them is printed. Resolves when that is over. */
  run(): Promise<void>;
  /** Gives it up: what runs goes on. */
  end(): void;
}

export function prepareUpdate({ stack, endpoint, all, telemetry }: UpdateOptions): Update {
  // It prints by itself. When this process goes, its channel closes, and it ends (update.ts).
  const child = fork(join(__dirname, "update.ts"), [], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const closed = once(child, "close");
  const options: UpdateOptions = {
    stack,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(all === undefined ? {} : { all }),
    ...(telemetry === undefined ? {} : { telemetry }),
  };
  return {
    async run() {
      child.send(options);
      await closed;
    },
    end() {
      // Not SIGKILL: it lets go of the lock of the stack.
      child.kill("SIGTERM");
    },
  };
}
