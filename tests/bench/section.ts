/** What one part of the benchmark found: a table, as the terminal and docs/performance.md show it. */
export interface Section {
  /** Of its place in docs/performance.md. */
  readonly id: string;
  readonly title: string;
  /** The first row is the head. */
  readonly rows: readonly (readonly string[])[];
  /** Drawn in the chart of docs/performance.md. */
  readonly bars?: readonly Bar[];
}

export interface Bar extends Spread {
  readonly name: string;
}

/** Ratios of the rounds of one run. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface BenchOptions {
  readonly rounds: number;
  /** Another checkout of the project, with its packages installed. */
  readonly old?: string;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** The ratio of each round, so that a slow moment of the machine is in both of its numbers. */
export function ratios(above: readonly number[], below: readonly number[]): Spread {
  return spread(above.map((value, round) => value / (below[round] ?? NaN)));
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

export function spreadText({ median: middle, least, most }: Spread, digits = 2): string {
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
