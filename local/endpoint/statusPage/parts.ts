/** The parts of the page that change, as HTML: everything that others wrote is escaped, and nothing in them can be focused. */
import { html } from "hono/html";

import { chart, line } from "../../../page/chart";
import { tableHtml, type Html } from "../../../page/html";
import { ticksTo } from "../../../page/scale";
import { visible } from "../../../page/visible";
import { faultText } from "../fault";
import type { DeploymentStatus, EndpointStatus, MetricsSnapshot } from "../status";
import type { Rates, Sample } from "./samples";

/** Milliseconds that the charts show. */
export const SHOWN_MS = 300_000;
/** Series differ by colour and by strokes. */
const STYLES = 5;

export function headHtml({ name, scoringUri, startedAt, applying }: EndpointStatus): Html {
  const state = applying ? "An update is under way." : "";
  return html`<p class="compared">
    <code>${visible(name ?? "nothing deployed yet")}</code> at <code>${scoringUri}</code>, started
    ${startedAt.slice(0, 19).replace("T", " ")} (UTC). ${state}
  </p>`;
}

export function deploymentsHtml({ deployments, bringUps }: EndpointStatus): Html {
  if (deployments.length === 0) return html`<p>No deployment runs.</p>`;
  const coming = Object.entries(bringUps);
  return html`${tableHtml("Deployments", HEAD, deployments.map(row))}
  ${
    coming.length === 0
      ? ""
      : html`<ul>
          ${coming.map(([name, state]) => html`<li><code>${visible(name)}</code>: ${state}</li>`)}
        </ul>`
  }`;
}

/** The last captured requests without their bodies; empty while nothing is captured. */
export function capturedHtml({ capture }: EndpointStatus): Html {
  if (capture?.isOn !== true) return html``;
  const { captured, isFull, last, settings } = capture;
  const full = isFull ? " A limit is reached: nothing more is kept." : "";
  const rows = last.map(({ number, time, path, deployment, status }) => [
    html`${number}`,
    html`${time.slice(11, 19)}`,
    html`<code>${visible(path)}</code>`,
    html`<code>${visible(deployment)}</code>`,
    html`${status}`,
  ]);
  const head = ["number", "time (UTC)", "path", "deployment", "status"];
  return html`<p>Kept: ${captured} of at most ${settings.requests}.${full}</p>
    ${rows.length === 0 ? "" : tableHtml("The last captured requests", head, rows)}`;
}

const HEAD = [
  "deployment",
  "state",
  "instances",
  "traffic",
  "mirror",
  "under way",
  "requests",
  "by status",
  "p50 / p95 / p99",
];

function row(one: DeploymentStatus): Html[] {
  const { name, state, instances, traffic, mirrorTraffic, inFlight, fault } = one;
  const metrics = one.mirrored.requests > one.metrics.requests ? one.mirrored : one.metrics;
  const weight = { ready: "note", starting: "review", stopping: "review", degraded: "review" };
  const badge = state === "unavailable" ? "blocking" : weight[state];
  return [
    html`<code>${visible(name)}</code>`,
    html`<span class="badge ${badge}">${state}</span>${
        fault === undefined ? "" : html` <small>injected fault: ${faultText(fault)}</small>`
      }`,
    html`${instances.map(
      ({ id, state: of, restarts }) =>
        html`<small>${id}: ${of}${restarts > 0 ? `, restarts: ${restarts}` : ""}</small><br />`,
    )}`,
    html`${traffic} %`,
    html`${mirrorTraffic} %`,
    html`${inFlight}`,
    html`${metrics.requests}`,
    html`${statusesText(metrics)}`,
    html`${latencyText(metrics)}`,
  ];
}

function statusesText({ byStatus }: MetricsSnapshot): string {
  const counts = Object.entries(byStatus).map(([status, count]) => `${status}: ${count}`);
  return counts.length === 0 ? "–" : counts.join(", ");
}

function latencyText({ requests, latencyMs: { p50, p95, p99 } }: MetricsSnapshot): string {
  if (requests === 0) return "–";
  return `${[p50, p95, p99].map((value) => value.toFixed(1)).join(" / ")} ms`;
}

/** The last minutes: rate, failures and latency. */
export function liveCharts(samples: readonly Sample[], names: readonly string[]): Html {
  const shown: readonly [string, string, (rates: Rates) => number | undefined][] = [
    ["rate", "Requests a second", ({ perSecond }) => perSecond],
    ["failed", "Failed requests a second", ({ failedPerSecond }) => failedPerSecond],
    ["p95", "95th percentile of the latency, in ms", ({ p95Ms }) => p95Ms],
  ];
  return html`<div class="charts">
    ${shown.map(
      ([id, caption, valueOf]) =>
        html`<figure>
          <figcaption>${caption}</figcaption>
          <ul class="legend">
            ${names.map(
              (name, index) =>
                html`<li><span class="stroke s${index % STYLES}"></span> ${visible(name)}</li>`,
            )}
          </ul>
          ${liveChart(id, caption, samples, names, valueOf)}
        </figure>`,
    )}
  </div>`;
}

function liveChart(
  id: string,
  caption: string,
  samples: readonly Sample[],
  names: readonly string[],
  valueOf: (rates: Rates) => number | undefined,
): Html {
  const end = samples.at(-1)?.at ?? 0;
  const series = names.map((name) =>
    samples.map(({ at, rates }) => {
      const found = rates.get(name);
      return [at - end, found === undefined ? undefined : valueOf(found)] as const;
    }),
  );
  const most = Math.max(0, ...series.flatMap((points) => points.map(([, value]) => value ?? 0)));
  const minutes = Array.from({ length: SHOWN_MS / 60_000 + 1 }, (_, index) => ({
    value: -index * 60_000,
    label: index === 0 ? "now" : `−${index} min`,
  }));
  const axes = { id: `live-${id}`, from: -SHOWN_MS, to: 0, ticks: minutes, yTicks: ticksTo(most) };
  return chart({ ...axes, title: `${caption}, over the last minutes` }, (plot) =>
    series.map((points, index) => line(plot, `s${index % STYLES}`, points)),
  );
}
