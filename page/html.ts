import { html, raw } from "hono/html";
import { visible } from "./visible";

/** A piece of the page; everything put into `html` is escaped. */
export type Html = ReturnType<typeof html>;

/** As text, without the indentation of the templates; a space within a line stays. */
export async function dense(markup: Html): Promise<string> {
  return String(raw(await markup)).replace(/\n\s*/g, "\n");
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
