import type { Text } from "../document";
import type { Op } from "../model";

/** A thing that is drawn, or a box with things in it. */
export interface Node {
  /** Unique in the drawing. */
  readonly id: string;
  /** What it is. */
  readonly kind: string;
  readonly name: string;
  /** Size, share of the requests, range of addresses. */
  readonly note?: string;
  readonly op: Op;
  /** Where its differences are told. */
  readonly urn?: string;
  readonly children: readonly Node[];
}

/** How one thing has to do with another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** `acts`: gets its tokens as that identity. `role`: may do something there. */
  readonly kind: "traffic" | "link" | "acts" | "role";
  readonly op: Op;
  /** The arrow goes from right to left: what it leads to is drawn on the left, where what is outside stands. */
  readonly isBack?: true;
  /** Told in words alone: an arrow between neighbours in one column would make the drawing a column wider. */
  readonly isInWords?: boolean;
}

export interface Topology {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** What is not drawn, in words, with how many of it change. */
  readonly others: readonly Text[];
}

/** Signs that say without colour what happens. */
export const OP_SIGNS: Readonly<Record<Op, string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "−",
  same: "",
};

export const OP_WORDS: Readonly<Record<Op, string>> = {
  create: "new",
  update: "changed",
  replace: "replaced",
  delete: "deleted",
  same: "unchanged",
};

/** What is written beside an arrow: what its kind alone does not say, the share of the requests and the role. */
export function drawnLabel({ kind, label }: Edge): string {
  if (kind === "role") return label;
  return kind === "traffic" && label.includes("%") ? label : "";
}

/** All nodes of a drawing, boxes before what is in them. */
export function allNodes(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...allNodes(node.children)]);
}
