import type { Objectives } from "../../config/objectives";

/**
 * Alerts on how fast the failures of a period are used up, each over a long window, that enough is at stake, and a short one,
 * that it still goes on (The Site Reliability Workbook, chapter 5, "6: Multiwindow, Multi-Burn-Rate Alerts"; the window of
 * a day: Sloth, page and ticket windows). For a period of 30 days the rates are the workbook's: 14.4, 6, 3 and 1.
 */
export interface BurnWindow {
  /** End of the alert's name. */
  readonly name: string;
  /** Share of the period's failures that the long window has used up when the alert fires. */
  readonly budget: number;
  readonly long: PromWindow;
  readonly short: PromWindow;
  /** Windows of a log alert; how they differ is said at `LOG_WINDOWS`. */
  readonly log: LogWindows;
  readonly severity: 1 | 2 | 3;
}

type PromWindow = "5m" | "30m" | "1h" | "2h" | "6h" | "1d" | "3d";

interface LogWindows {
  readonly long: "1h" | "6h" | "1d" | "2d";
  readonly short: "15m" | "30m" | "2h" | "6h";
  readonly window: "PT1H" | "PT6H" | "P1D" | "P2D";
  /** An evaluation costs money, so slow ones are rarer. */
  readonly frequency: "PT5M" | "PT15M" | "PT1H";
}

/**
 * Two windows differ. Resource logs arrive after 3 to 10 minutes (Azure Monitor, "Log data ingestion time"), so a window of 5
 * minutes would often be empty: 15 instead. A log alert looks back two days at most ("Create or edit a log search alert
 * rule", override query time range), so three days are two, for the same share of the period's failures.
 */
const LOG_WINDOWS = {
  hour: { long: "1h", short: "15m", window: "PT1H", frequency: "PT5M" },
  sixHours: { long: "6h", short: "30m", window: "PT6H", frequency: "PT15M" },
  day: { long: "1d", short: "2h", window: "P1D", frequency: "PT1H" },
  twoDays: { long: "2d", short: "6h", window: "P2D", frequency: "PT1H" },
} as const satisfies Readonly<Record<string, LogWindows>>;

export const BURN_WINDOWS: readonly BurnWindow[] = [
  { name: "InAnHour", budget: 0.02, long: "1h", short: "5m", log: LOG_WINDOWS.hour, severity: 1 },
  {
    name: "InSixHours",
    budget: 0.05,
    long: "6h",
    short: "30m",
    log: LOG_WINDOWS.sixHours,
    severity: 1,
  },
  { name: "InADay", budget: 0.1, long: "1d", short: "2h", log: LOG_WINDOWS.day, severity: 2 },
  {
    name: "InDays",
    budget: 0.1,
    long: "3d",
    short: "6h",
    log: LOG_WINDOWS.twoDays,
    severity: 3,
  },
];

const HOURS = { "1h": 1, "6h": 6, "1d": 24, "2d": 48, "3d": 72 } as const;

/**
 * How many times as fast as allowed a window uses up the period's failures when it has used up its part of them.
 * @param budget share of the period's failures
 */
export function burnRate(
  { periodDays }: Pick<Objectives, "periodDays">,
  budget: number,
  window: string,
): number {
  if (!isWindow(window)) throw new Error(`no length is known of the window ${window}`);
  return rounded((budget * periodDays * 24) / HOURS[window]);
}

/**
 * Share of the requests that fail, above which a window uses up its part of the period's failures.
 * @param percent of the requests that have to be right
 */
export function burnThreshold(
  percent: number,
  objectives: Pick<Objectives, "periodDays">,
  budget: number,
  window: string,
): number {
  return rounded(burnRate(objectives, budget, window) * (1 - percent / 100));
}

function isWindow(window: string): window is keyof typeof HOURS {
  return Object.hasOwn(HOURS, window);
}

/** Without the tail of a floating-point number, which would show in a rule. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
