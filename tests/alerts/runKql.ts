import { childrenOf, kindOf, parseKql, type Node } from "./kql";
import { callOf, expression, itemsOf, nameOf, textOf, valueOf, type Row } from "./kqlExpressions";

/**
 * Runs the few operators that the queries of alerts and dashboards use. What it does not know is an error, so that no query
 * counts as tested that is not.
 */

export type { Row };

type Query = (rows: readonly Row[], now: number) => readonly Row[];

const compiled = new Map<string, Query>();

/** The rows that a query returns at a time, in milliseconds. */
export function runKql(query: string, rows: readonly Row[], now: number): readonly Row[] {
  const known = compiled.get(query);
  if (known !== undefined) return known(rows, now);
  const { problems, tree } = parseKql(query);
  if (problems.length > 0) throw new Error(problems.join("; "));
  const run = pipe(pipeIn(tree)!);
  compiled.set(query, run);
  return run(rows, now);
}

/** The first pipe, depth first. */
function pipeIn(node: Node): Node | undefined {
  if (kindOf(node) === "PipeExpression") return node;
  for (const child of childrenOf(node)) {
    const found = pipeIn(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pipe(node: Node): Query {
  if (kindOf(node) === "NameReference") return (rows) => rows;
  const [source, , operator] = childrenOf(node);
  const before = pipe(source!);
  const after = operatorOf(operator!);
  return (rows, now) => after(before(rows, now), now);
}

function operatorOf(operator: Node): Query {
  const parts = childrenOf(operator);
  switch (kindOf(operator)) {
    case "FilterOperator": {
      const holds = expression(parts.at(-1)!);
      return (rows, now) => rows.filter((row) => holds(row, now) === true);
    }
    case "ExtendOperator": {
      const added = columns(parts.at(-1)!);
      return (rows, now) => rows.map((row) => ({ ...row, ...added(row, now) }));
    }
    case "ProjectOperator": {
      const kept = columns(parts.at(-1)!);
      return (rows, now) => rows.map((row) => kept(row, now));
    }
    case "SummarizeOperator":
      return summarized(parts);
    case "SortOperator":
      return sorted(itemsOf(parts.at(-1)!));
    case "TopOperator": {
      const count = Number(textOf(parts[2]!));
      const inOrder = sorted([parts.at(-1)!]);
      return (rows, now) => inOrder(rows, now).slice(0, count);
    }
    default:
      throw new Error(`the operator ${kindOf(operator)} is not known here`);
  }
}

/** `Name = …, Other` */
function columns(list: Node): (row: Row, now: number) => Record<string, unknown> {
  const all = itemsOf(list).map((item) => [nameOf(item), expression(valueOf(item))] as const);
  return (row, now) => Object.fromEntries(all.map(([name, of]) => [name, of(row, now)]));
}

function summarized(parts: readonly Node[]): Query {
  const list = parts.find((part) => kindOf(part) === "List" && itemsOf(part).length > 0)!;
  const values = itemsOf(list).map((item) => [nameOf(item), aggregate(valueOf(item))] as const);
  const clause = parts.find((part) => kindOf(part) === "SummarizeByClause");
  const keys = clause === undefined ? undefined : columns(childrenOf(clause).at(-1)!);
  return (rows, now) => {
    const groups = new Map<string, { key: Record<string, unknown>; rows: Row[] }>();
    // Without a key there is one group, of no rows as well.
    if (keys === undefined) groups.set("", { key: {}, rows: [...rows] });
    for (const row of keys === undefined ? [] : rows) {
      const key = keys!(row, now);
      const id = JSON.stringify(key);
      const group = groups.get(id) ?? { key, rows: [] };
      group.rows.push(row);
      groups.set(id, group);
    }
    return [...groups.values()].map((group) => ({
      ...group.key,
      ...Object.fromEntries(values.map(([name, of]) => [name, of(group.rows, now)])),
    }));
  };
}

function aggregate(call: Node): (rows: readonly Row[], now: number) => number {
  const { name, args } = callOf(call);
  if (name === "count") return (rows) => rows.length;
  const of = expression(args[0]!);
  if (name === "countif") return (rows, now) => rows.filter((row) => of(row, now) === true).length;
  if (name !== "percentile") throw new Error(`the aggregate ${name} is not known here`);
  // Log Analytics estimates it; here it is the nearest rank.
  const share = Number(textOf(args[1]!)) / 100;
  return (rows, now) => {
    const values = rows.map((row) => Number(of(row, now))).sort((one, other) => one - other);
    return values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
  };
}

/** By one column, the largest first. */
function sorted([by, ...others]: readonly Node[]): Query {
  const [column, clause] = childrenOf(by!);
  if (others.length > 0 || clause === undefined || textOf(clause) !== "desc") {
    throw new Error("another order than by one column, the largest first, is not known here");
  }
  const of = expression(column!);
  return (rows, now) =>
    [...rows].sort((one, other) => Number(of(other, now)) - Number(of(one, now)));
}
