/** What a signal does to a supervisor: the first one closes it in order, the second one ends everything at once. */
import type { Supervisor } from "./status";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** As a shell reports a process ended by SIGINT. */
const FORCED_EXIT_CODE = 130;
/**
 * One Ctrl-C reaches this process more than once: from the terminal, and relayed by npm above it. Nobody presses
 * it twice on purpose within this time (milliseconds).
 */
const SAME_SIGNAL_MS = 400;

/** Returns a function that takes the handlers away again. */
export function closeOnSignals(supervisor: Supervisor): () => void {
  let firstAt: number | undefined;
  const onSignal = () => {
    firstAt ??= Date.now();
    if (Date.now() - firstAt > SAME_SIGNAL_MS) {
      supervisor.kill();
      process.exit(FORCED_EXIT_CODE);
    }
    void supervisor.close();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const remove = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  void supervisor.closed.then(remove);
  return remove;
}
