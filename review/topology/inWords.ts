import { html } from "hono/html";
import { joined, prose, say, strong, type Text } from "../document";
import type { Html } from "../../page/html";
import { textHtml } from "../htmlBlocks";
import { allNodes, OP_WORDS, type Edge, type Node, type Topology } from "./model";

/** The drawing as lists: what is in what, what has to do with what, and what is not drawn. */
export function topologyInWords({ nodes, edges, others }: Topology): Html {
  const names = new Map(allNodes(nodes).map((node) => [node.id, nameOf(node)]));
  return html`<details>
    <summary>Text version: ${allNodes(nodes).length} items, ${edges.length} connections</summary>
    ${nested(nodes)}
    <ul>
      ${edges.map((edge) => html`<li>${textHtml(edgeText(edge, names))}</li>`)}
    </ul>
    ${others.length === 0 ? "" : html`<p>${textHtml(say`Not drawn: ${joined(others)}`)}</p>`}
  </details>`;
}

function nested(nodes: readonly Node[]): Html {
  return html`<ul>
    ${nodes.map((node) => {
      const size = node.note === undefined || node.note === "" ? [] : say`, ${node.note}`;
      const text = say`${nameOf(node)}${size}${mark(node.op)}`;
      return html`<li>
        ${textHtml(text)}${node.children.length === 0 ? "" : nested(node.children)}
      </li>`;
    })}
  </ul>`;
}

export function nameOf({ kind, name }: Node): Text {
  return name === "" ? prose(kind) : say`${prose(kind)} ${name}`;
}

function edgeText({ from, to, label, op }: Edge, names: ReadonlyMap<string, Text>): Text {
  const what = label === "" ? [] : say`: ${label}`;
  return say`${names.get(from) ?? []} → ${names.get(to) ?? []}${what}${mark(op)}`;
}

function mark(op: Node["op"]): Text {
  return op === "same" ? [] : say` (${strong`${prose(OP_WORDS[op])}`})`;
}
