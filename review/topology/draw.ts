import { prose, say, type Text } from "../document";
import { newlyPublic } from "../exposures";
import type { Resource, StackReview } from "../model";
import { count, typeWords } from "../typeNames";
import { clusterPart } from "./cluster";
import { identityPart } from "./identities";
import { allNodes, type Edge, type Node, type Topology } from "./model";
import { networkPart } from "./network";
import { groupNode, nodeOf, sceneOf, type Placed, type Scene } from "./scene";
import { servicesPart } from "./services";

/** What a stack looks like, and what of it changes; undefined where it declares nothing. */
export function topologyOf(review: StackReview): Topology | undefined {
  const scene = sceneOf(review);
  if (scene === undefined || scene.actors.length === 0) return undefined;
  const parts = [networkPart, servicesPart, clusterPart, identityPart].map((part) => part(scene));
  const placed = parts.flatMap((part) => part.placed);
  const nodes = tree(withNewlyPublic(placed, newlyPublic(review)));
  const known = new Set(allNodes(nodes).map(({ id }) => id));
  const edges = parts
    .flatMap((part) => part.edges)
    .filter(({ from, to }) => known.has(from) && known.has(to));
  return { nodes, edges: merged(edges), others: notDrawn(scene, nodes, edges) };
}

const PUBLIC = "newly public";

/** Those are marked, and drawn first where nothing of them is drawn otherwise. */
function withNewlyPublic(placed: readonly Placed[], found: readonly Resource[]): Placed[] {
  const urns = new Set(found.map(({ urn }) => urn));
  const marked = placed.map((one) => {
    const { note = "", urn } = one.node;
    if (urn === undefined || !urns.delete(urn)) return one;
    return { ...one, node: { ...one.node, note: note === "" ? PUBLIC : `${PUBLIC}, ${note}` } };
  });
  const others = found.filter(({ urn }) => urns.has(urn));
  if (others.length === 0) return marked;
  const nodes = others.map((resource) => {
    return { node: nodeOf({ resource, op: "update" }), parent: PUBLIC };
  });
  return [{ node: groupNode(PUBLIC, PUBLIC) }, ...nodes, ...marked];
}

/** Boxes with what is in them; what names a box that is not drawn stands by itself. */
function tree(placed: readonly Placed[]): Node[] {
  const ids = new Set(placed.map(({ node }) => node.id));
  const within = (parent: string | undefined): Node[] =>
    placed
      .filter((one) => {
        const box = one.parent !== undefined && ids.has(one.parent) ? one.parent : undefined;
        return box === parent;
      })
      .map(({ node }) => ({ ...node, children: within(node.id) }));
  return within(undefined);
}

/** Two roles of the same one on the same thing are one arrow with two names. */
function merged(edges: readonly Edge[]): Edge[] {
  const byEnds = new Map<string, Edge>();
  for (const edge of edges) {
    const key = [edge.from, edge.to, edge.kind].join(" ");
    const other = byEnds.get(key);
    byEnds.set(
      key,
      other === undefined || other.label === edge.label
        ? edge
        : {
            ...other,
            label: `${other.label}, ${edge.label}`,
            op: other.op === edge.op ? edge.op : "update",
          },
    );
  }
  return [...byEnds.values()];
}

/** The rest of the stack by type, so that nobody takes the drawing for all of it. */
function notDrawn(scene: Scene, nodes: readonly Node[], edges: readonly Edge[]): Text[] {
  const drawn = new Set(allNodes(nodes).map(({ urn }) => urn));
  const rest = scene.actors.filter(
    ({ resource }) =>
      !drawn.has(resource.urn) &&
      !(resource.type.endsWith(":RoleAssignment") && edges.some(({ kind }) => kind === "role")),
  );
  const types = [...new Set(rest.map(({ resource }) => resource.type))].sort();
  return types.map((type) => {
    const all = rest.filter(({ resource }) => resource.type === type);
    const changed = all.filter(({ op }) => op !== "same").length;
    const words = prose(count(all.length, typeWords(type)));
    return changed === 0 ? words : say`${words}, ${changed} of them changed`;
  });
}
