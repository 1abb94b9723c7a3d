import { html } from "hono/html";
import { joined, prose, say, type Text } from "../document";
import type { Html } from "../../page/html";
import { textHtml } from "../htmlBlocks";
import { visible } from "../../page/visible";
import { nameOf } from "./inWords";
import { allNodes, OP_SIGNS, type Edge, type Node, type Topology } from "./model";

/** The drawing for a narrow screen: the same boxes one below the other, arrows as lines in the box where they begin. */
export function topologyInBoxes(
  { nodes, edges }: Topology,
  anchorOf: (urn: string) => string | undefined,
): Html {
  const names = new Map(allNodes(nodes).map((node) => [node.id, nameOf(node)]));
  const box = (node: Node): Html => {
    const sign = node.op === "same" ? [] : prose(`${OP_SIGNS[node.op]} `);
    const anchor = node.op === "same" || node.urn === undefined ? undefined : anchorOf(node.urn);
    const name: Text = [...sign, ...nameOf(node)];
    const ways = edges.filter(({ from }) => from === node.id);
    return html`<li class="${node.op}">
      ${textHtml(anchor === undefined ? name : [{ text: name, to: anchor }])}
      ${node.note === undefined || node.note === "" ? "" : html`<small>${visible(node.note)}</small>`}
      ${ways.map((edge) => html`<div class="way ${edge.op}">${textHtml(wayText(edge, names))}</div>`)}
      ${
        node.children.length === 0
          ? ""
          : html`<ul>
              ${node.children.map(box)}
            </ul>`
      }
    </li>`;
  };
  return html`<ul class="boxes">
    ${[...nodes.filter(isChanged), ...nodes.filter((node) => !isChanged(node))].map(box)}
  </ul>`;
}

/** What changes comes first: a narrow screen shows little at once. */
function isChanged(node: Node): boolean {
  return allNodes([node]).some(({ op }) => op !== "same");
}

function wayText({ to, label, op }: Edge, names: ReadonlyMap<string, Text>): Text {
  const sign = op === "same" ? "" : `${OP_SIGNS[op]} `;
  return joined([prose(`${sign}→ `), names.get(to) ?? [], label === "" ? [] : say`: ${label}`], "");
}
