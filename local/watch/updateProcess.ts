/**
 * A process for one update, which has loaded everything before it is needed: the program can be evaluated once in a process
 * (graph/program.ts), and loading it takes longer than evaluating it.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Known } from "./codeEdit";
import type { UpdateOptions, UpdateRequest } from "./update";

export interface Update {
  /**
   * Brings the endpoint to what the files say now; what is wrong with them is printed. Resolves when that is over, with what the
   * next update may begin from.
   */
  run(request: Pick<UpdateRequest, "changed" | "known">): Promise<Known | undefined>;
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
    async run(request) {
      let known: Known | undefined;
      child.once("message", (message: { readonly known?: Known }) => {
        known = message.known;
      });
      child.send({ ...request, options } satisfies UpdateRequest);
      await closed;
      return known;
    },
    end() {
      // Not SIGKILL: it lets go of the lock of the stack.
      child.kill("SIGTERM");
    },
  };
}
