import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import { anchors, differencesHtml } from "./differencesHtml";
import { plainText } from "./document";
import { headerHtml, stackHtml, summaryHtml, type Drawn } from "./pageParts";
import { SCRIPT } from "./pageScript";
import { STYLE } from "./pageStyle";
import type { Report, StackReport } from "./report";
import { topologyOf } from "./topology/draw";
import { layOut } from "./topology/layout";
import { drawingSvg } from "./topology/svg";

/** Nothing is loaded, nothing is sent, and no script runs but the page's own. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

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
  const head = html`
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="referrer" content="no-referrer" />
    <title>Infrastructure review: ${plainText(report.verdict)}</title>
  `;
  return [
    "<!doctype html>",
    '<html lang="en">',
    `<head>${dense(await head)}<style>${STYLE}</style></head>`,
    `<body>${dense(await body)}<script>${SCRIPT}</script></body>`,
    "</html>",
    "",
  ].join("\n");
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

/** Without the indentation of the templates; a space within a line stays. */
function dense(markup: Awaited<ReturnType<typeof html>>): string {
  return String(raw(markup)).replace(/\n\s*/g, "\n");
}
