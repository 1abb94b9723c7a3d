/** Values of options that several commands have. */
import { InvalidArgumentError } from "commander";

/** Reads a rate, in requests a second. */
export function perSecondUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (value > 0 && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number above 0, and ${most} at most.`);
  };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Seconds of a time such as 30s, 1.5m or 2h; not a number for any other text. */
export function durationSeconds(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  return Number(number) * (UNIT_SECONDS[unit] ?? NaN);
}
