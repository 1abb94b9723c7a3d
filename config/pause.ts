import { matching } from "./fields";

/** What of a sandbox's settings decides whether its deployments run. */
interface PauseSettings {
  readonly paused: boolean;
  /** Last day on which they run, `yyyy-mm-dd`. */
  readonly expires?: string | undefined;
}

/** Why a sandbox has no deployments, although its YAML has some; undefined where they run. */
export type Pause =
  { readonly reason: "paused" } | { readonly reason: "expired"; readonly day: string };

/** The setting `expires`: a day of the calendar, as UTC counts days. */
export const expiryDay = matching(
  /^\d{4}-\d{2}-\d{2}$/,
  'the last day on which it runs, such as "2026-12-31", in quotes',
).refine(isDay, { message: "is {value}, which is no day of the calendar" });

/** `new Date` makes the first of March of the thirtieth of February. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** @param now the day of it, in UTC, is compared with the day of the setting */
export function pauseOf({ paused, expires }: PauseSettings, now: Date): Pause | undefined {
  if (paused) return { reason: "paused" };
  if (expires === undefined || daysLeft(expires, now) >= 0) return undefined;
  return { reason: "expired", day: expires };
}

/** Whole days until the last day; 0 on it, below 0 after it. */
export function daysLeft(expires: string, now: Date): number {
  const today = Date.parse(now.toISOString().slice(0, 10));
  return Math.round((Date.parse(expires) - today) / 86_400_000);
}
