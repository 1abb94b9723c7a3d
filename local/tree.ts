import { resourceKey, type Change } from "../graph/changes";
import type { DeclaredResource } from "../graph/program";

const SYMBOLS: Readonly<Record<Change["op"], string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  same: " ",
};

interface Node {
  readonly label: string;
  readonly children: Node[];
}

/** What this run did as an indented tree of the stack's resources, without the branches that stay as they are. */
export function resourceTree(
  resources: readonly DeclaredResource[],
  changes: readonly Change[],
): string {
  const opOf = new Map(changes.map((change) => [resourceKey(change), change.op]));
  const symbol = (resource: DeclaredResource) =>
    resource.custom ? SYMBOLS[opOf.get(resourceKey(resource)) ?? "same"] : " ";
  const childrenOf = (parent: string | undefined): Node[] => {
    const children = resources.filter((resource) => resource.parent === parent);
    return children.flatMap((child) => {
      const below = childrenOf(child.urn);
      const label = `${symbol(child)} ${shortType(child.type)} ${child.name}`;
      return symbol(child) === SYMBOLS.same && below.length === 0
        ? []
        : [{ label, children: below }];
    });
  };
  const deleted = changes.filter(({ op }) => op === "delete");
  return [
    ...lines(childrenOf(undefined), ""),
    ...deleted.map(({ type, name }) => `${SYMBOLS.delete} ${shortType(type)} ${name}`),
  ].join("\n");
}

/** One line that counts what was done, for example `3 updated, 29 unchanged`. */
export function changeSummary(changes: readonly Change[]): string {
  const count = (op: Change["op"]) => changes.filter((change) => change.op === op).length;
  const parts = (
    [
      ["create", "created"],
      ["update", "updated"],
      ["replace", "replaced"],
      ["delete", "deleted"],
      ["same", "unchanged"],
    ] as const
  ).map(([op, words]) => (count(op) > 0 ? `${count(op)} ${words}` : ""));
  return parts.filter((part) => part !== "").join(", ");
}

function shortType(type: string): string {
  return type.split(":").at(-1) ?? type;
}

function lines(nodes: readonly Node[], indent: string): string[] {
  return nodes.flatMap(({ label, children }, index) => {
    const last = index === nodes.length - 1;
    return [
      `${indent}${last ? "└─" : "├─"} ${label}`,
      ...lines(children, `${indent}${last ? "   " : "│  "}`),
    ];
  });
}
