import { html } from "hono/html";
import { details, list, quoted, say, type Weight } from "./document";
import { visible } from "../page/visible";
import type { Html } from "../page/html";
import { blockHtml, textHtml } from "./htmlBlocks";
import type { Op } from "./model";
import type { Topology } from "./topology/model";
import type { Report, StackReport } from "./report";
import { topologyInBoxes } from "./topology/inBoxes";
import { topologyInWords } from "./topology/inWords";
import { OP_SIGNS } from "./topology/model";
import { count } from "./typeNames";

/** What a stack looks like, drawn and to be told in words. */
export interface Drawn {
  readonly topology: Topology;
  readonly svg: Html;
  /** Of the drawing with its frame, in pixels, where nothing is made smaller. */
  readonly width: number;
}

/** Said in words, so that colour is never needed. */
const WEIGHT_WORDS: Readonly<Record<Weight, string>> = {
  blocking: "Blocking",
  review: "Review",
  note: "Note",
};

const COUNTED: readonly { readonly op: Op; readonly words: string }[] = [
  { op: "create", words: "to create" },
  { op: "update", words: "to update" },
  { op: "replace", words: "to replace" },
  { op: "delete", words: "to delete" },
  { op: "same", words: "unchanged" },
];

export function headerHtml({ verdict, review, stacks }: Report): Html {
  return html`<header>
    <p class="eyebrow">Infrastructure review</p>
    <h1>${textHtml(verdict)}</h1>
    <p class="compared">${textHtml(review.compared)}</p>
    <nav aria-label="Parts of the page">
      <ul>
        <li><a href="#summary">Summary</a></li>
        ${stacks.map(
          ({ review: { stack } }, index) =>
            html`<li><a href="#${stackId(index)}">${stackName(stack)}</a></li>`,
        )}
        <li><a href="#differences">Property differences</a></li>
      </ul>
    </nav>
  </header>`;
}

export function summaryHtml({ stacks }: Report): Html {
  return html`<section aria-labelledby="summary">
    <h2 id="summary">Summary</h2>
    <div class="cards">${stacks.map(card)}</div>
  </section>`;
}

function badge(weight: Weight): Html {
  return html`<span class="badge ${weight}">${WEIGHT_WORDS[weight]}</span>`;
}

function card({ review, counts, headlines }: StackReport, index: number): Html {
  const isRefused = review.refusals.length > 0;
  const numbers = COUNTED.filter(({ op }) => counts[op] > 0 || op !== "same");
  return html`<article class="card" aria-labelledby="summary-${stackId(index)}">
    <h3 id="summary-${stackId(index)}">${stackName(review.stack)}</h3>
    ${
      isRefused
        ? html`<p class="refused">Would be refused: ${count(review.refusals.length, "problem")}</p>`
        : html`<ul class="counts">
            ${numbers.map(
              ({ op, words }) =>
                html`<li class="${counts[op] === 0 ? "none" : op}">
                  <b>${counts[op] > 0 ? OP_SIGNS[op] : ""}${counts[op]}</b> ${words}
                </li>`,
            )}
          </ul>`
    }
    ${
      headlines.length === 0 && review.notes.length === 0
        ? html`<p>Nothing to review.</p>`
        : html`<ul class="headlines">
            ${review.notes.map(
              ({ note, said }) =>
                html`<li>
                  <span class="badge review">Review</span>
                  <span
                    >${note}
                    ${details(say`Messages`, list(said.map((one) => say`${quoted(one)}`))).map(
                      blockHtml,
                    )}</span
                  >
                </li>`,
            )}
            ${headlines.map(
              ({ weight, text }) =>
                html`<li>
                  ${badge(weight)}
                  <span>${textHtml(text)}</span>
                </li>`,
            )}
          </ul>`
    }
  </article>`;
}

/** One stack: how it looks, then what is said of it. */
export function stackHtml(
  { review, sections }: StackReport,
  index: number,
  drawn: Drawn | undefined,
  anchorOf: (urn: string) => string | undefined,
): Html {
  const id = stackId(index);
  return html`<section class="stack" aria-labelledby="${id}">
    <h2 id="${id}">${stackName(review.stack)}</h2>
    ${
      drawn === undefined
        ? html`<p>There is nothing to draw.</p>`
        : html`<div class="figure" style="--whole: ${drawn.width}px">
              <h3>Topology</h3>
              ${legend()}
              <div class="drawing" role="group" aria-label="Drawing of ${visible(review.stack)}">
                ${drawn.svg}
              </div>
              ${topologyInBoxes(drawn.topology, anchorOf)}
            </div>
            ${topologyInWords(drawn.topology)}`
    }
    ${sections.map(
      ({ title, blocks, unchanged }) =>
        html`<h3>${title}</h3>
          ${[...blocks, ...unchanged].map(blockHtml)}`,
    )}
  </section>`;
}

function legend(): Html {
  const marks = [
    { op: "create", words: "new" },
    { op: "update", words: "changed" },
    { op: "replace", words: "replaced" },
    { op: "delete", words: "deleted" },
  ] as const;
  return html`<ul class="legend" aria-label="Legend of the drawing">
    ${marks.map(({ op, words }) => html`<li class="${op}"><b>${OP_SIGNS[op]}</b> ${words}</li>`)}
    <li><span class="stroke traffic"></span> requests</li>
    <li><span class="stroke link"></span> network</li>
    <li><span class="stroke acts"></span> acts as</li>
    <li><span class="stroke role"></span> has a role on</li>
  </ul>`;
}

/** A number, since the name of a stack that somebody else previewed may hold anything. */
function stackId(index: number): string {
  return `stack-${index + 1}`;
}

export function stackName(stack: string): Html {
  return textHtml(say`${quoted(stack)}`);
}
