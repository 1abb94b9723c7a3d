import { shown } from "../output";
import type { Reporter } from "./context";

/** Elsewhere than on a terminal a progress line is printed no more often, in milliseconds. */
const PLAIN_EVERY_MS = 30_000;

/** On a terminal progress overwrites itself; elsewhere it is a plain line now and then. */
export function reporterOn(
  out: NodeJS.WriteStream = process.stdout,
  now: () => number = Date.now,
): Reporter {
  let lastPlain = Number.NEGATIVE_INFINITY;
  let isOpen = false;
  const clear = () => {
    if (isOpen) out.write("\r\u001b[K");
    isOpen = false;
  };
  return {
    say(line) {
      clear();
      out.write(`${shown(line)}\n`);
    },
    warn(line) {
      clear();
      process.stderr.write(`${shown(line)}\n`);
    },
    progress(line) {
      if (out.isTTY) {
        out.write(`\r\u001b[K${shown(line).slice(0, Math.max(1, out.columns - 1))}`);
        isOpen = true;
      } else if (now() - lastPlain >= PLAIN_EVERY_MS) {
        lastPlain = now();
        out.write(`${shown(line)}\n`);
      }
    },
  };
}
