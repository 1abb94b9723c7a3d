import { html } from "hono/html";
import { BASE_STYLE } from "../../page/baseStyle";
import { CHART_STYLE } from "../../page/chart";
import { documentOf } from "../../page/document";
import { visible } from "../../page/visible";
import { rolloutHtml } from "./drawing";
import type { Picture } from "./model";

/** A rollout as one page that needs nothing else. */
export function rolloutPage(picture: Picture): Promise<string> {
  const { canary, endpoint } = picture.rollout;
  const body = html`
    <a class="skip" href="#main">Skip to the rollout</a>
    <header>
      <p class="eyebrow">Rollout on ${visible(endpoint)}</p>
      <h1>${visible(canary)}: ${picture.ended ?? "under way"}</h1>
    </header>
    <main id="main" tabindex="-1">${rolloutHtml(picture)}</main>
  `;
  return documentOf({
    title: `Rollout of ${visible(canary)}`,
    body,
    style: BASE_STYLE + CHART_STYLE,
  });
}
