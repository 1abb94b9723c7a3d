import type { Bar } from "./section";

/** Bars with the spread of their rounds, as an SVG file that documents show. Its colours follow the reader's preference. */

const WIDTH = 720;
const ROW = 30;
const LEFT = 170;
const RIGHT = 70;
const TOP = 34;

export function barChart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map((bar) => bar.most));
  const x = (value: number) => (LEFT + (value / most) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const height = TOP + bars.length * ROW + 8;
  const rows = bars.map(({ name, median, least, most: highest }, index) => {
    const y = TOP + index * ROW;
    const middle = y + ROW / 2;
    return [
      `<text x="${LEFT - 8}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LEFT}" y="${y + 5}" width="${(Number(x(median)) - LEFT).toFixed(1)}" height="${ROW - 10}" fill="#4c8bb5"/>`,
      `<path d="M${x(least)} ${middle}H${x(highest)}M${x(least)} ${middle - 5}v10M${x(highest)} ${middle - 5}v10"/>`,
      `<text x="${Number(x(highest)) + 8}" y="${middle + 4}">${median.toFixed(2)}</text>`,
    ].join("\n  ");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
  <title id="title">${escaped(title)}</title>
  <style>
    text { font: 14px system-ui, sans-serif; fill: #24292f; }
    path { stroke: #24292f; stroke-width: 1.5; fill: none; }
    @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } path { stroke: #e6edf3; } }
  </style>
  <text x="8" y="20">${escaped(title)}</text>
  ${rows.join("\n  ")}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
