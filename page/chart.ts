import { html } from "hono/html";
import type { Html } from "./html";
import type { Tick } from "./scale";
import { visible } from "./visible";

/** Charts as SVG. Each stands beside a table with the same numbers; they are as wide as a phone, and grow with their column. */

/** Where values are in the drawing. */
export interface Plot {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export interface Axes {
  /** Of the page's elements. */
  readonly id: string;
  /** What the chart shows, for those who do not see it. */
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly Tick[];
  /** From 0; the last one is the upper end. */
  readonly yTicks: readonly Tick[];
}

const WIDTH = 360;
const HEIGHT = 190;
const LEFT = 44;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;

/** @param draw what is drawn on the axes */
export function chart(
  { id, title, from, to, ticks, yTicks }: Axes,
  draw: (plot: Plot) => Html | readonly Html[],
): Html {
  const most = yTicks.at(-1)?.value ?? 1;
  const width = Math.max(to - from, Number.MIN_VALUE);
  const plot: Plot = {
    x: (value) => round(LEFT + ((value - from) / width) * (WIDTH - LEFT - RIGHT)),
    y: (value) => round(HEIGHT - BOTTOM - (Math.min(value, most) / most) * (HEIGHT - TOP - BOTTOM)),
  };
  return html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-labelledby="${id}-title"
  >
    <title id="${id}-title">${visible(title)}</title>
    ${yTicks.map(
      ({ value, label }) =>
        html`<path class="grid" d="M${LEFT} ${plot.y(value)}H${WIDTH - RIGHT}" />
          <text class="y" x="${LEFT - 6}" y="${plot.y(value) + 4}">${label}</text>`,
    )}
    ${ticks.map(
      ({ value, label }) =>
        html`<text class="x" x="${plot.x(value)}" y="${HEIGHT - 6}">${visible(label)}</text>`,
    )}
    ${draw(plot)}
  </svg>`;
}

/** A line through points; a gap where a value is missing. */
export function line(
  { x, y }: Plot,
  style: string,
  points: readonly (readonly [x: number, y: number | undefined])[],
): Html {
  let isOpen = false;
  const parts = points.map(([at, value]) => {
    const to = value === undefined ? "" : `${isOpen ? "L" : "M"}${x(at)} ${y(value)}`;
    isOpen = value !== undefined;
    return to;
  });
  return html`<path class="series ${style}" d="${parts.join("")}" />`;
}

/** A value as a mark, with an upright line from bound to bound where it has them. */
export function interval(
  { x, y }: Plot,
  style: string,
  at: number,
  { value, low = value, high = value }: { value: number; low?: number; high?: number },
): Html {
  const [left, top] = [x(at), y(value)];
  const mark = style.startsWith("old")
    ? html`<rect class="mark" x="${left - 3.5}" y="${top - 3.5}" width="7" height="7" />`
    : html`<circle class="mark" cx="${left}" cy="${top}" r="4" />`;
  return html`<g class="interval ${style}">
    ${
      low === high
        ? ""
        : html`<path
            d="M${left} ${y(low)}V${y(high)}M${left - 5} ${y(low)}h10M${left - 5} ${y(high)}h10"
          />`
    }
    ${mark}
  </g>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export const CHART_STYLE = `
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 16px; }
.charts figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; min-width: 0; }
.charts figcaption { font-weight: 600; font-size: 14px; }
.charts .legend { font-weight: 400; margin: 2px 0 0; gap: 2px 14px; }
.charts .legend li { overflow-wrap: anywhere; }
.chart { display: block; width: 100%; height: auto; font: 11px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
.chart text { fill: var(--quiet); }
.chart .x { text-anchor: middle; } .chart .y { text-anchor: end; }
.chart .grid { stroke: var(--line); stroke-width: 1; }
.series { fill: none; stroke: var(--text); stroke-width: 2; stroke-linejoin: round; }
.series.limit { stroke: var(--delete); stroke-width: 1.5; stroke-dasharray: 4 3; }
.interval path { fill: none; stroke: currentColor; stroke-width: 1.5; } .interval .mark { fill: currentColor; }
.canary { color: var(--traffic); } .old { color: var(--role); }
.series.canary { stroke: var(--traffic); } .series.old { stroke: var(--role); } .series.mirror { stroke-dasharray: 6 3; }
.stroke.canary { border-color: var(--traffic); border-top-width: 3px; } .stroke.old { border-color: var(--role); } .stroke.limit { border-color: var(--delete); border-top-style: dashed; } .stroke.mirror { border-color: var(--traffic); border-top-style: dashed; }
@media print { .chart { print-color-adjust: exact; } figure { break-inside: avoid; } }
`;
