import { html } from "hono/html";
import type { Block, Part, Text } from "./document";
import { visible } from "./escape";

/** A piece of the page; everything put into `html` is escaped. */
export type Html = ReturnType<typeof html>;

export function textHtml(text: Text): Html {
  return html`${text.map(partHtml)}`;
}

function partHtml(part: Part): Html {
  if ("prose" in part) return html`${part.prose}`;
  if ("code" in part) return html`<code>${visible(part.code)}</code>`;
  // Somebody else's sentence may be in a script that is read from right to left; what is around it stays.
  if ("quoted" in part) return html`<bdi>${visible(part.quoted)}</bdi>`;
  if ("strong" in part) return html`<strong>${textHtml(part.strong)}</strong>`;
  return html`<a href="#${part.to}">${textHtml(part.text)}</a>`;
}

export function blockHtml(block: Block): Html {
  switch (block.kind) {
    case "list":
      return html`<ul>
        ${block.items.map((item) => html`<li>${textHtml(item)}</li>`)}
      </ul>`;
    case "table":
      return tableHtml(
        block.caption,
        block.head,
        block.rows.map((row) => row.map(textHtml)),
      );
    case "details":
      return html`<details>
        <summary>${textHtml(block.summary)}</summary>
        ${block.blocks.map(blockHtml)}
      </details>`;
  }
}

/** A table that scrolls by itself where the screen is narrow, also by keyboard. */
export function tableHtml(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Html[])[],
): Html {
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${visible(caption)}">
    <table>
      <caption>
        ${visible(caption)}
      </caption>
      <thead>
        <tr>
          ${head.map((title) => (title === "" ? html`<td></td>` : html`<th scope="col">${title}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
