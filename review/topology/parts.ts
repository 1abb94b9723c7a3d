import type { Drawing } from "./drawing";
import { allNodes, type Edge, type Node, type Topology } from "./model";

/** Nodes with the arrows among them, laid out by themselves. */
export interface DrawnPart {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

/** As wide as a page of 1280 pixels shows a drawing in its full size; what fits beside another part stands there. */
const PAGE = 1180;

const GAP = 24;

export const IDENTITIES = "group:identities";
export const PRINCIPAL = "principal:";

/**
 * What can be drawn by itself, so that the whole fits on a page: each set of things that the network connects, then who has
 * which role, where a thing that is drawn already stands once more as the end of an arrow.
 */
export function drawnParts(topology: Topology): DrawnPart[] {
  const edges = topology.edges.filter(({ isInWords }) => isInWords !== true);
  const isAccess = ({ kind }: Edge) => kind === "role" || kind === "acts";
  const actors = topology.nodes.filter(({ id }) => id === IDENTITIES || id.startsWith(PRINCIPAL));
  const others = topology.nodes.filter((node) => !actors.includes(node));
  return [
    ...connected(
      others,
      edges.filter((edge) => !isAccess(edge)),
    ),
    ...accessPart(topology, actors, edges.filter(isAccess)),
  ];
}

function accessPart(topology: Topology, actors: readonly Node[], edges: readonly Edge[]) {
  const ends = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const named = allNodes(actors).filter(({ id }) => id !== IDENTITIES);
  const targets = allNodes(topology.nodes).filter(
    (node) => ends.has(node.id) && !named.includes(node),
  );
  const nodes = [...named, ...targets].map((node): Node => ({ ...node, children: [] }));
  return nodes.length === 0 ? [] : [{ nodes, edges }];
}

/** The boxes that arrows connect, each set of them. */
function connected(nodes: readonly Node[], edges: readonly Edge[]): DrawnPart[] {
  const outermost = new Map(
    nodes.flatMap((node) => allNodes([node]).map(({ id }) => [id, node] as const)),
  );
  const groups = new Map(nodes.map((node) => [node, new Set([node])]));
  for (const { from, to } of edges) {
    const [one, other] = [from, to].map((id) => groups.get(outermost.get(id) as Node));
    if (one === undefined || other === undefined || one === other) continue;
    for (const node of other) groups.set(node, one.add(node));
  }
  return [...new Set(groups.values())].map((group) => ({
    nodes: nodes.filter((node) => group.has(node)),
    edges: edges.filter(({ from }) => group.has(outermost.get(from) as Node)),
  }));
}

/** The parts in rows, in their order, as many in a row as a page has room for. */
export function packed(parts: readonly Drawing[]): Drawing {
  const width = Math.max(PAGE, ...parts.map((part) => part.width));
  let [x, y, height] = [0, 0, 0];
  const moved = parts.map((part) => {
    if (x > 0 && x + part.width > width) [x, y, height] = [0, y + height + GAP, 0];
    const at = movedBy(part, x, y);
    x += part.width + GAP;
    height = Math.max(height, part.height);
    return at;
  });
  return {
    width: Math.max(0, ...moved.map((part) => part.width)),
    height: y + height,
    nodes: moved.flatMap(({ nodes }) => nodes),
    edges: moved.flatMap(({ edges }) => edges),
  };
}

/** Its width then is where it ends. */
function movedBy({ width, height, nodes, edges }: Drawing, left: number, top: number): Drawing {
  const moved = <P extends { readonly x: number; readonly y: number }>(place: P): P => {
    return { ...place, x: place.x + left, y: place.y + top };
  };
  return {
    width: width + left,
    height,
    nodes: nodes.map(moved),
    edges: edges.map((edge) => ({
      ...edge,
      points: edge.points.map(moved),
      label: edge.label === undefined ? undefined : moved(edge.label),
    })),
  };
}
