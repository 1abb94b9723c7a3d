import { html } from "hono/html";
import { chart, interval, line, type Plot } from "../../page/chart";
import type { Html } from "../../page/html";
import { ticksTo, timeTicks, type Tick } from "../../page/scale";
import { visible } from "../../page/visible";
import type { Picture, Share, Side, StepPicture } from "./model";

/** Distance of the two deployments' marks in a step, in steps. */
const APART = 0.14;
/** The part of the time that is drawn after the end, so that one sees the last share. */
const TAIL = 0.04;

export function chartsHtml(picture: Picture): Html {
  const { canary } = picture.rollout;
  return html`<div class="charts">
    ${figure(`Share of ${canary} over time, in percent`, shareChart(picture), [
      ["canary", "requests"],
      ["mirror", "mirrored requests"],
    ])}
    ${figure("Failed requests by step, in percent", errorChart(picture), [
      ["canary", `● ${canary}`],
      ["old", "■ old deployments"],
      ["limit", "maxErrorPercent"],
    ])}
    ${figure("95th percentile of the latency by step, in ms", latencyChart(picture), [
      ["canary", `● ${canary}`],
      ["old", "■ old deployments"],
    ])}
  </div>`;
}

function figure(
  caption: string,
  drawn: Html,
  legend: readonly (readonly [style: string, text: string])[],
): Html {
  return html`<figure>
    <figcaption>${visible(caption)}</figcaption>
    <ul class="legend">
      ${legend.map(
        ([style, text]) => html`<li><span class="stroke ${style}"></span> ${visible(text)}</li>`,
      )}
    </ul>
    ${drawn}
  </figure>`;
}

function shareChart({ rollout, shares, until }: Picture): Html {
  const start = Date.parse(shares[0]?.from ?? rollout.startedAt);
  const length = Math.max(1, Date.parse(until) - start);
  const axes = {
    id: "rollout-share",
    title: `Share of ${rollout.canary} over time; the table below has the same numbers`,
    from: 0,
    to: length * (1 + TAIL),
    ticks: timeTicks(length),
    yTicks: ticksTo(100),
  };
  return chart(axes, (plot) => shares.map((share, index) => shareLine(plot, share, index)));

  function shareLine(plot: Plot, { from, to, percent, isMirrored }: Share, index: number): Html {
    const isLast = index === shares.length - 1;
    const end = isLast ? length * (1 + TAIL) : Date.parse(to) - start;
    const next = shares[index + 1];
    const points: [number, number][] = [
      [Date.parse(from) - start, percent],
      [end, percent],
      ...(next === undefined ? [] : [[end, next.percent] as [number, number]]),
    ];
    return line(plot, isMirrored ? "canary mirror" : "canary", points);
  }
}

function errorChart({ rollout, steps }: Picture): Html {
  const sides = steps.flatMap(({ canary, old }) => [canary?.errors, old?.errors]);
  // Of few requests the bound is high and would hide the limit.
  const rates = sides.flatMap((one) => (one === undefined ? [] : [one.percent]));
  const limits = steps.map(({ maxErrorPercent }) => maxErrorPercent);
  const most = Math.min(100, 1.5 * Math.max(...rates, ...limits, 1));
  return chart(
    {
      ...stepAxis(steps),
      id: "rollout-errors",
      title: `Failed requests of ${rollout.canary} and of the old deployments by step, with their bounds; the table below has the same numbers`,
      yTicks: ticksTo(most),
    },
    (plot) => [
      html`${steps.map(({ number, maxErrorPercent }) =>
        line(plot, "limit", [
          [number - 0.4, maxErrorPercent],
          [number + 0.4, maxErrorPercent],
        ]),
      )}`,
      ...marks(plot, steps, ({ errors }) =>
        errors === undefined ? undefined : { ...errors, value: errors.percent },
      ),
    ],
  );
}

function latencyChart({ rollout, steps }: Picture): Html {
  const times = steps.flatMap(({ canary, old }) => [canary?.p95Ms ?? 0, old?.p95Ms ?? 0]);
  return chart(
    {
      ...stepAxis(steps),
      id: "rollout-latency",
      title: `95th percentile of the latency of ${rollout.canary} and of the old deployments by step; the table below has the same numbers`,
      yTicks: ticksTo(Math.max(...times, 1)),
    },
    (plot) =>
      marks(plot, steps, ({ p95Ms }) => (p95Ms === undefined ? undefined : { value: p95Ms })),
  );
}

function stepAxis(steps: readonly StepPicture[]) {
  const ticks: Tick[] = steps.map(({ number }) => ({ value: number, label: `step ${number}` }));
  return { from: 0.5, to: steps.length + 0.5, ticks };
}

function marks(
  plot: Plot,
  steps: readonly StepPicture[],
  valueOf: (side: Side) => Parameters<typeof interval>[3] | undefined,
): Html[] {
  return steps.flatMap(({ number, canary, old }) =>
    (
      [
        ["canary", canary, -APART],
        ["old", old, APART],
      ] as const
    ).flatMap(([style, side, by]) => {
      const value = side === undefined ? undefined : valueOf(side);
      return value === undefined ? [] : [interval(plot, style, number + by, value)];
    }),
  );
}
