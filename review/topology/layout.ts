import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api";
import type { Drawing, PlacedEdge, PlacedNode } from "./drawing";
import { laidOut } from "./keptLayout";
import { drawnParts, packed } from "./parts";
import { drawnLabel, type Edge, type Node, type Topology } from "./model";

/** Sizes that the style sheet of the page draws in; estimated, since nothing here can measure text. */
export const LINE = 16;
const CHARACTER = { kind: 7.2, name: 8.3, label: 6.1 } as const;
const PADDING = 12;
/** Longer names are cut in the drawing; they are whole in the list beside it. */
const LONGEST = 30;

/** A name of any length; of a GUID, the first part is what people compare. */
export function cut(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return `${text.slice(0, 8)}…`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** A label as it is drawn: roles have long names. */
export function labelLines(label: string): string[] {
  const lines: string[] = [];
  for (const word of label.replaceAll("Azure Kubernetes Service", "AKS").split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 16) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map(cut);
}

/** Lines of text in a node: what it is, its name, its size. */
function nodeLines({ kind, name, note }: Node): number {
  return [kind, name, note ?? ""].filter((line) => line !== "").length;
}

/** Finds places for everything: arrows go from left to right, boxes hold what is in them. */
export async function layOut(topology: Topology): Promise<Drawing> {
  const parts = await Promise.all(
    drawnParts(topology).map(async ({ nodes, edges }) => {
      const placed = await laidOut({
        id: "all",
        layoutOptions: LAYOUT_OPTIONS,
        children: elkNodes(nodes),
        edges: edges.map(elkEdge),
      });
      return placedPart(placed, nodes, edges);
    }),
  );
  return packed(parts);
}

const LAYOUT_OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.edgeLabels.inline": "true",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.spacing.nodeNode": "14",
  "elk.spacing.edgeNode": "10",
  "elk.spacing.edgeEdge": "8",
  "elk.layered.spacing.nodeNodeBetweenLayers": "18",
  "elk.layered.spacing.edgeNodeBetweenLayers": "8",
  "elk.layered.mergeEdges": "false",
  "elk.padding": "[top=4,left=4,bottom=4,right=4]",
};

function placedPart(part: ElkNode, all: readonly Node[], edges: readonly Edge[]): Drawing {
  const nodes = placedNodes(part, all, 0, 0);
  const boxes = new Map(nodes.map((placed) => [placed.node.id, placed]));
  return {
    width: Math.ceil(part.width ?? 0),
    height: Math.ceil(part.height ?? 0),
    nodes,
    edges: (part.edges ?? []).map((edge, index) => placedEdge(edge, edges[index] as Edge, boxes)),
  };
}

/** Neighbours of one kind are of one width, so that they stand in a column. */
function elkNodes(nodes: readonly Node[]): ElkNode[] {
  return nodes.map((node) => {
    const alike = nodes.filter(
      ({ kind, children }) => kind === node.kind && children.length === node.children.length,
    );
    return elkNode(node, Math.max(...alike.map(widthOf)));
  });
}

function widthOf({ kind, name, note = "", op }: Node): number {
  const sign = op === "same" ? 0 : 14;
  return (
    2 * PADDING +
    Math.max(
      cut(kind).length * CHARACTER.kind + sign,
      cut(name).length * CHARACTER.name,
      cut(note).length * CHARACTER.kind,
    )
  );
}

function elkNode(node: Node, width: number): ElkNode {
  const { children } = node;
  const height = 2 * 8 + nodeLines(node) * LINE;
  if (children.length === 0) return { id: node.id, width, height };
  return {
    id: node.id,
    layoutOptions: {
      "elk.padding": `[top=${height + 2},left=${PADDING},bottom=${PADDING},right=${PADDING}]`,
      "elk.nodeSize.constraints": "MINIMUM_SIZE",
      "elk.nodeSize.minimum": `(${width},${height})`,
    },
    children: elkNodes(children),
  };
}

function elkEdge(edge: Edge, index: number): ElkExtendedEdge {
  const ends = edge.isBack === true ? [edge.to, edge.from] : [edge.from, edge.to];
  const label = drawnLabel(edge);
  const lines = labelLines(label);
  return {
    id: `edge ${index}`,
    sources: ends.slice(0, 1),
    targets: ends.slice(1),
    ...(label === ""
      ? {}
      : {
          labels: [
            {
              text: label,
              width: Math.max(...lines.map(({ length }) => length)) * CHARACTER.label + 8,
              height: lines.length * 13 + 4,
            },
          ],
        }),
  };
}

function placedNodes(
  { children = [] }: ElkNode,
  nodes: readonly Node[],
  left: number,
  top: number,
): PlacedNode[] {
  return children.flatMap((child, index) => {
    const node = nodes[index] as Node;
    const [x, y] = [left + (child.x ?? 0), top + (child.y ?? 0)];
    const placed = { node, x, y, width: child.width ?? 0, height: child.height ?? 0 };
    return [placed, ...placedNodes(child, node.children, x, y)];
  });
}

/** An arrow's points count from the corner of the box that holds both of its ends. */
function placedEdge(
  placed: ElkExtendedEdge,
  edge: Edge,
  boxes: ReadonlyMap<string, PlacedNode>,
): PlacedEdge {
  const { container } = placed as { readonly container?: string };
  const { x: left = 0, y: top = 0 } = boxes.get(container ?? "") ?? {};
  const moved = ({ x, y }: { x: number; y: number }) => ({ x: x + left, y: y + top });
  const points = (placed.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(moved),
  );
  const [label] = placed.labels ?? [];
  return {
    edge,
    points: edge.isBack === true ? points.reverse() : points,
    label:
      label?.x === undefined || label.y === undefined
        ? undefined
        : moved({
            x: label.x + (label.width ?? 0) / 2,
            y: label.y + (label.height ?? 0) / 2,
          }),
  };
}
