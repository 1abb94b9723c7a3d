import { html } from "hono/html";
import { documentOf } from "../page/document";
import { anchors, differencesHtml } from "./differencesHtml";
import { plainText } from "./document";
import { headerHtml, stackHtml, summaryHtml, type Drawn } from "./pageParts";
import { SCRIPT } from "./pageScript";
import { STYLE } from "./pageStyle";
import type { Report, StackReport } from "./report";
import { topologyOf } from "./topology/draw";
import { layOut } from "./topology/layout";
import { drawingSvg } from "./topology/svg";

/** Padding and border on both sides of a drawing (pageStyle.ts). */
const FRAME = 18;

/** The whole report as one page that needs nothing else. */
export async function page(report: Report): Promise<string> {
  const anchorOf = anchors(report);
  const drawings = await Promise.all(
    report.stacks.map((stack, index) => drawn(stack, index, anchorOf)),
  );
  const body = html`
    <a class="skip" href="#main">Skip to the summary</a>
    ${headerHtml(report)}
    <main id="main" tabindex="-1">
      ${summaryHtml(report)}
      ${report.stacks.map((stack, index) => stackHtml(stack, index, drawings[index], (urn) => anchorOf(stack.review.stack, urn)))}
      ${differencesHtml(report, anchorOf)}
    </main>
  `;
  const title = `Infrastructure review: ${plainText(report.verdict)}`;
  return documentOf({ title, body, style: STYLE, script: SCRIPT });
}

async function drawn(
  { review }: StackReport,
  index: number,
  anchorOf: (stack: string, urn: string) => string | undefined,
): Promise<Drawn | undefined> {
  const topology = topologyOf(review);
  if (topology === undefined) return undefined;
  const drawing = await layOut(topology);
  const anchor = (urn: string) => anchorOf(review.stack, urn);
  const svg = drawingSvg(drawing, `drawing-${index + 1}`, anchor);
  return { topology, svg, width: drawing.width + FRAME };
}
