import { html } from "hono/html";
import { visible } from "../../page/visible";
import type { Html } from "../../page/html";
import type { Drawing, PlacedEdge, PlacedNode } from "./drawing";
import { cut, labelLines, LINE } from "./layout";
import { drawnLabel, OP_SIGNS, OP_WORDS } from "./model";

/**
 * The drawing; the list beside it says the same in words. What changes is a link to its differences.
 *
 * @param anchorOf where the differences of a resource are told, by its URN
 */
export function drawingSvg(
  { width, height, nodes, edges }: Drawing,
  id: string,
  anchorOf: (urn: string) => string | undefined,
): Html {
  return html`<svg
    class="topology"
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
    role="group"
    aria-labelledby="${id}-title"
  >
    <title id="${id}-title">Drawing of the stack; the list below is its text version</title>
    <defs>
      <marker
        id="${id}-end"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="9"
        markerHeight="9"
        markerUnits="userSpaceOnUse"
        orient="auto-start-reverse"
      >
        <path class="end" d="M0 0 8 4 0 8z" />
      </marker>
    </defs>
    ${nodes.map((placed) => nodeSvg(placed, anchorOf))}
    ${edges.map((placed) => lineSvg(placed, id))} ${edges.map(labelSvg)}
  </svg>`;
}

function nodeSvg(
  { node, x, y, width, height }: PlacedNode,
  anchorOf: (urn: string) => string | undefined,
): Html {
  const { kind, name, note = "", op, children } = node;
  const shape = children.length > 0 ? "box" : "thing";
  const sign = op === "same" ? "" : `${OP_SIGNS[op]} `;
  const lines = [
    { style: "kind", text: `${sign}${cut(kind)}` },
    { style: "name", text: cut(name) },
    { style: "kind", text: cut(note) },
  ].filter(({ text }) => text !== "");
  const drawn = html`<g class="${shape} ${op}">
    <title>
      ${visible([kind, name, note, OP_WORDS[op]].filter((one) => one !== "").join(", "))}
    </title>
    <rect
      x="${round(x)}"
      y="${round(y)}"
      width="${round(width)}"
      height="${round(height)}"
      rx="5"
    />
    ${lines.map(
      ({ style, text }, index) =>
        html`<text class="${style}" x="${round(x + 10)}" y="${round(y + 8 + (index + 0.75) * LINE)}"
          >${visible(text)}</text
        >`,
    )}
  </g>`;
  const anchor = op === "same" || node.urn === undefined ? undefined : anchorOf(node.urn);
  return anchor === undefined ? drawn : html`<a href="#${anchor}">${drawn}</a>`;
}

function lineSvg({ edge, points }: PlacedEdge, id: string): Html {
  const path = points.map(({ x, y }) => `${round(x)} ${round(y)}`).join(" L");
  return html`<path
    class="line ${edge.kind} ${edge.op}"
    d="M${path}"
    marker-end="url(#${id}-end)"
  />`;
}

function labelSvg({ edge, label }: PlacedEdge): Html {
  const text = drawnLabel(edge);
  if (label === undefined || text === "") return html``;
  const lines = labelLines(text);
  const sign = edge.op === "same" ? "" : `${OP_SIGNS[edge.op]} `;
  const top = label.y - ((lines.length - 1) * 13) / 2 + 4;
  return html`<g class="label ${edge.op}">
    ${lines.map(
      (line, index) =>
        html`<text x="${round(label.x)}" y="${round(top + index * 13)}"
          >${index === 0 ? sign : ""}${visible(line)}</text
        >`,
    )}
  </g>`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
