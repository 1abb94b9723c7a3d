import { childrenOf, kindOf, parseKql, type Node } from "./kql";

/**
 * Runs the few operators that the alerts' queries use: where, extend, and summarize with count and countif. What it does not
 * know is an error, so that no query counts as tested that is not.
 */

export type Row = Readonly<Record<string, unknown>>;

/** An expression of a row, at a time in milliseconds. */
type Expression = (row: Row, now: number) => unknown;
type Query = (rows: readonly Row[], now: number) => readonly Row[];

const HOURS: Readonly<Record<string, number>> = { m: 1 / 60, h: 1, d: 24 };
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
  const parts = childrenOf(operator!);
  switch (kindOf(operator!)) {
    case "FilterOperator": {
      const holds = expression(parts.at(-1)!);
      return (rows, now) => before(rows, now).filter((row) => holds(row, now) === true);
    }
    case "ExtendOperator": {
      const added = named(parts.at(-1)!, expression);
      return (rows, now) =>
        before(rows, now).map((row) => {
          const extended: Record<string, unknown> = { ...row };
          for (const [name, of] of added) extended[name] = of(row, now);
          return extended;
        });
    }
    case "SummarizeOperator": {
      const list = parts.find((part) => kindOf(part) === "List" && itemsOf(part).length > 0);
      const values = named(list!, aggregate);
      return (rows, now) => {
        const all = before(rows, now);
        return [Object.fromEntries(values.map(([name, of]) => [name, of(all, now)]))];
      };
    }
    default:
      throw new Error(`the operator ${kindOf(operator!)} is not known here`);
  }
}

/** `Name = …, Other = …` */
function named<T>(list: Node, read: (node: Node) => T): (readonly [string, T])[] {
  return itemsOf(list).map((item) => {
    const [name, , value] = childrenOf(item);
    return [textOf(name!), read(value!)] as const;
  });
}

function aggregate(call: Node): (rows: readonly Row[], now: number) => number {
  const { name, args } = callOf(call);
  if (name === "count") return (rows) => rows.length;
  if (name !== "countif") throw new Error(`the aggregate ${name} is not known here`);
  const holds = expression(args[0]!);
  return (rows, now) => rows.filter((row) => holds(row, now) === true).length;
}

const OPERATORS: Readonly<Record<string, (left: unknown, right: unknown) => unknown>> = {
  AndExpression: (left, right) => left === true && right === true,
  OrExpression: (left, right) => left === true || right === true,
  EqualExpression: (left, right) => left === right,
  EqualTildeExpression: (left, right) => String(left).toLowerCase() === String(right).toLowerCase(),
  GreaterThanExpression: (left, right) => Number(left) > Number(right),
  GreaterThanOrEqualExpression: (left, right) => Number(left) >= Number(right),
  MultiplyExpression: (left, right) => Number(left) * Number(right),
};

function expression(node: Node): Expression {
  const kind = kindOf(node);
  const [left, , right] = childrenOf(node);
  const operator = OPERATORS[kind];
  if (operator !== undefined) {
    const [one, other] = [expression(left!), expression(right!)];
    return (row, now) => operator(one(row, now), other(row, now));
  }
  const text = textOf(node);
  switch (kind) {
    case "NameReference":
      return (row) => {
        if (!(text in row)) throw new Error(`no column ${text}`);
        return row[text];
      };
    case "LongLiteralExpression":
    case "RealLiteralExpression":
      return () => Number(text);
    case "StringLiteralExpression":
      return () => JSON.parse(text) as unknown;
    case "InExpression": {
      const one = expression(left!);
      const all = listed(right!).map(expression);
      return (row, now) => all.some((item) => item(row, now) === one(row, now));
    }
    case "FunctionCallExpression":
      return ago(node);
    default:
      throw new Error(`the expression ${kind} is not known here`);
  }
}

/** `ago(15m)`, in milliseconds. */
function ago(node: Node): Expression {
  const { name, args } = callOf(node);
  const [, count = "", unit = ""] = /^(\d+)([mhd])$/.exec(textOf(args[0]!)) ?? [];
  const hours = HOURS[unit];
  if (name !== "ago" || hours === undefined) throw new Error(`${name} is not known here`);
  return (_row, now) => now - Number(count) * hours * 3_600_000;
}

function callOf(node: Node): { readonly name: string; readonly args: Node[] } {
  const [name, list] = childrenOf(node);
  return { name: textOf(name!), args: listed(list!) };
}

function listed(parenthesized: Node): Node[] {
  return itemsOf(childrenOf(parenthesized).find((part) => kindOf(part) === "List")!);
}

function itemsOf(list: Node): Node[] {
  return childrenOf(list).map((separated) => childrenOf(separated)[0]!);
}

function textOf(node: Node): string {
  return node.toString().trim();
}
