const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Where signals come from: the process, or a test. */
export interface SignalSource {
  on(name: string, listener: () => void): unknown;
  off(name: string, listener: () => void): unknown;
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** Lets signals end the process again. */
  readonly stop: () => void;
}

/**
 * Turns Ctrl-C and its like into an abort, and keeps on taking them: a second one, or one that a parent passes on, must not
 * end the process while it removes what it has made.
 */
export function interruption(source: SignalSource, say: (line: string) => void): Interruption {
  const controller = new AbortController();
  const onSignal = () => {
    say(
      controller.signal.aborted
        ? "still removing what was created; please wait"
        : "interrupted; removing what was created",
    );
    controller.abort(new Error("interrupted"));
  };
  for (const name of SIGNALS) source.on(name, onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of SIGNALS) source.off(name, onSignal);
    },
  };
}
