import { html } from "hono/html";
import { tableHtml, type Html } from "../../page/html";
import { visible } from "../../page/visible";
import { duration, shortNumber } from "../format";
import { chartsHtml } from "./charts";
import type { Picture, Share, Side, StepPicture, StepState } from "./model";

/** A rollout, drawn and in words; headings begin at the third level. */
export function rolloutHtml(picture: Picture): Html {
  const { rollout, steps, shares } = picture;
  return html`<p>${headText(picture)}</p>
    ${chartsHtml(picture)}
    ${tableHtml(
      "Steps: what came to each deployment, and what the gate said",
      STEP_HEAD,
      steps.map((step) => stepRow(step)),
    )}
    <p class="compared">
      In brackets: the bounds of the true rate, which hold at every look at once with a confidence
      of ${shortNumber(rollout.confidence)} %. A p95 is on record without bounds.
    </p>
    ${tableHtml(
      "Share of the canary over time",
      ["from (UTC)", "for", "share"],
      shares.map((share) => [
        html`${timeText(share.from)}`,
        html`${duration((Date.parse(share.to) - Date.parse(share.from)) / 1000)}`,
        html`${shareText(share)}`,
      ]),
    )}`;
}

function headText({ rollout, ended, until }: Picture): string {
  const what = `${visible(rollout.canary)} on ${visible(rollout.endpoint)}`;
  const since = timeText(rollout.startedAt);
  return ended === undefined
    ? `The rollout of ${what} is under way since ${since} (UTC).`
    : `The rollout of ${what} began at ${since} and was ${ended} at ${timeText(until)} (UTC).`;
}

const STEP_HEAD = [
  "step",
  "canary gets",
  "result",
  "canary: requests",
  "canary: failed",
  "canary: p95",
  "old: requests",
  "old: failed",
  "old: p95",
];

const BADGES: Readonly<Record<StepState, string>> = {
  passed: "note",
  breach: "blocking",
  stopped: "review",
  ended: "review",
  "under way": "note",
  "not begun": "note",
  skipped: "note",
};

function stepRow({ number, kind, percent, state, reason, canary, old }: StepPicture): Html[] {
  const share = { live: `${percent} %`, mirror: `${percent} % mirrored`, shadow: "samples" }[kind];
  return [
    html`${number}`,
    html`${share}`,
    html`<span class="badge ${BADGES[state]}">${state}</span>${
        reason === undefined || state === "passed" ? "" : html` <small>${visible(reason)}</small>`
      }`,
    ...sideCells(canary),
    ...sideCells(old),
  ];
}

function sideCells(side: Side | undefined): Html[] {
  if (side === undefined) return [html`–`, html`–`, html`–`];
  const { requests, errors, p95Ms } = side;
  return [
    html`${requests}`,
    html`${errors === undefined ? "–" : `${shortNumber(errors.percent)} % (${shortNumber(errors.low)} to ${shortNumber(errors.high)})`}`,
    html`${p95Ms === undefined ? "–" : `${shortNumber(p95Ms)} ms`}`,
  ];
}

function shareText({ percent, isMirrored }: Share): string {
  return `${percent} %${isMirrored ? " mirrored" : ""}`;
}

/** `2026-03-01 12:00:00` */
function timeText(time: string): string {
  return time.slice(0, 19).replace("T", " ");
}
