/** Marks on the axes of charts. */

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Marks from 0 to at least `most`, at 1, 2 or 5 times a power of ten, about `count` of them. */
export function ticksTo(most: number, count = 4): Tick[] {
  const rough = (most > 0 ? most : 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const last = Math.max(1, Math.ceil((most / step) * (1 - 1e-9)));
  return Array.from({ length: last + 1 }, (_, index) => {
    const value = index * step;
    return { value, label: value.toFixed(digits) };
  });
}

const SECONDS = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400];

/** Times since the beginning, at most `count` after the first. @param ms length of the axis */
export function timeTicks(ms: number, count = 4): Tick[] {
  const seconds = ms / 1000;
  const day = 86_400;
  const step =
    SECONDS.find((one) => seconds / one <= count) ?? Math.ceil(seconds / count / day) * day;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => ({
    value: index * step * 1000,
    label: timeText(index * step),
  }));
}

function timeText(seconds: number): string {
  const units = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
  ] as const;
  if (seconds === 0) return "0";
  const unit = units.find(([one]) => seconds % one === 0 || seconds >= 2 * one);
  if (unit === undefined) return `${seconds} s`;
  return `${Math.round((seconds / unit[0]) * 10) / 10} ${unit[1]}`;
}
