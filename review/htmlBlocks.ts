import { html } from "hono/html";
import type { Block, Part, Text } from "./document";
import { tableHtml, type Html } from "../page/html";
import { visible } from "../page/visible";

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
