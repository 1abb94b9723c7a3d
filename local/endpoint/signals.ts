/** What a signal does to a supervisor: the first one closes it in order, the second one ends everything at once. */
import type { Supervisor } from "./supervisor";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** As a shell reports a process ended by SIGINT. */
const FORCED_EXIT_CODE = 130;

/** Returns a function that takes the handlers away again. */
export function closeOnSignals(supervisor: Supervisor): () => void {
  let asked = false;
  const onSignal = () => {
    if (asked) {
      supervisor.kill();
      process.exit(FORCED_EXIT_CODE);
    }
    asked = true;
    void supervisor.close();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const remove = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  void supervisor.closed.then(remove);
  return remove;
}
