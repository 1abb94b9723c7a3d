/** Follows one apply by its events: which deployments it is bringing up, and which never came up. */
import type { BringUp, ProgressEvent } from "./status";

export interface BringUps {
  see(event: ProgressEvent): void;
  /** The apply has ended well: all are simply there. */
  succeeded(): void;
  /**
   * The apply was undone. What has requests serves them on as it was; what has none counts as failed, although an older
   * revision may still run: it is not what was asked for.
   */
  failed(serving: readonly string[]): void;
  states(): Readonly<Record<string, BringUp>>;
}

/** @param before names of the deployments that run when the apply begins */
export function followBringUps(before: ReadonlySet<string>): BringUps {
  const states = new Map<string, BringUp>();
  return {
    see({ deployment, phase }) {
      if (deployment === undefined) return;
      if (phase === "environment" || phase === "starting") {
        states.set(deployment, before.has(deployment) ? "Updating" : "Creating");
      }
    },
    succeeded() {
      states.clear();
    },
    failed(serving) {
      for (const name of states.keys()) {
        if (serving.includes(name)) states.delete(name);
        else states.set(name, "Failed");
      }
    },
    states: () => Object.fromEntries(states),
  };
}
