import { type Alias, type Document, isAlias, isNode, type Node, visit } from "yaml";
import { YamlRefusal } from "./yamlSyntax";

/** Aliases in one text: far more than anyone writes, few enough to stop a text that unfolds without end. */
const MOST_ALIASES = 100;

/** Follows the aliases of one document, counting them. */
export interface Aliases {
  /**
   * The node that is meant, and `use` of it. While `use` works, an alias to the same node is refused: it would contain
   * itself.
   * @throws YamlRefusal
   */
  within<T>(node: unknown, use: (target: unknown) => T): T;
}

export function aliasesOf(document: Document, lineAt: (offset: number) => number): Aliases {
  const targets = targetsOf(document);
  const open = new Set<unknown>();
  let count = 0;

  function targetOf(alias: Alias): Node {
    const line = lineAt(alias.range?.[0] ?? 0);
    const { source } = alias;
    const target = targets.get(alias);
    if (target === undefined) {
      throw new YamlRefusal({
        message: `has the alias *${source}, but no &${source} before it`,
        line,
      });
    }
    if (open.has(target)) {
      throw new YamlRefusal({
        message: `has the alias *${source} inside of what &${source} names`,
        line,
      });
    }
    count += 1;
    if (count > MOST_ALIASES) {
      const message = `has more than ${MOST_ALIASES} aliases (*name), counting those in repeated parts each time`;
      throw new YamlRefusal({ message, line });
    }
    return target;
  }

  return {
    within(node, use) {
      const target = isAlias(node) ? targetOf(node) : node;
      open.add(target);
      try {
        return use(target);
      } finally {
        open.delete(target);
      }
    },
  };
}

/** By alias: the last node before it with that anchor, which may be around it. */
function targetsOf(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (isNode(node) && node.anchor !== undefined) {
        anchors.set(node.anchor, node);
      }
    },
  });
  return targets;
}
