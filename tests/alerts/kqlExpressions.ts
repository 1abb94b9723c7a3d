import { childrenOf, kindOf, type Node } from "./kql";

/** Expressions of KQL over a row. What is not known here is an error, so that no query counts as tested that is not. */

export type Row = Readonly<Record<string, unknown>>;

/** An expression of a row, at a time in milliseconds. */
export type Expression = (row: Row, now: number) => unknown;

const HOURS: Readonly<Record<string, number>> = { m: 1 / 60, h: 1, d: 24 };

const lower = (value: unknown) => String(value).toLowerCase();

const OPERATORS: Readonly<Record<string, (left: unknown, right: unknown) => unknown>> = {
  AndExpression: (left, right) => left === true && right === true,
  OrExpression: (left, right) => left === true || right === true,
  EqualExpression: (left, right) => left === right,
  EqualTildeExpression: (left, right) => lower(left) === lower(right),
  ContainsExpression: (left, right) => lower(left).includes(lower(right)),
  EndsWithExpression: (left, right) => lower(left).endsWith(lower(right)),
  GreaterThanExpression: (left, right) => Number(left) > Number(right),
  GreaterThanOrEqualExpression: (left, right) => Number(left) >= Number(right),
  MultiplyExpression: (left, right) => Number(left) * Number(right),
  DivideExpression: (left, right) => Number(left) / Number(right),
};

export function expression(node: Node): Expression {
  const kind = kindOf(node);
  const [left, middle, right] = childrenOf(node);
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
    case "ParenthesizedExpression":
      return expression(middle!);
    case "LongLiteralExpression":
    case "RealLiteralExpression":
      return () => Number(text);
    case "StringLiteralExpression":
      return () => JSON.parse(text) as unknown;
    case "TimespanLiteralExpression":
      return () => milliseconds(text);
    case "InExpression": {
      const one = expression(left!);
      const all = listed(right!).map(expression);
      return (row, now) => all.some((item) => item(row, now) === one(row, now));
    }
    case "FunctionCallExpression":
      return functionCall(node);
    default:
      throw new Error(`the expression ${kind} is not known here`);
  }
}

/** `ago(15m)` and `bin(TimeGenerated, 5m)`, in milliseconds. */
function functionCall(node: Node): Expression {
  const { name, args } = callOf(node);
  const [first, second] = args.map(expression);
  if (name === "ago") return (row, now) => now - Number(first!(row, now));
  if (name === "bin") {
    return (row, now) => {
      const size = Number(second!(row, now));
      return Math.floor(Number(first!(row, now)) / size) * size;
    };
  }
  throw new Error(`the function ${name} is not known here`);
}

/** `Name = …`, or the column that an expression is about. */
export function nameOf(item: Node): string {
  if (kindOf(item) === "SimpleNamedExpression") return textOf(childrenOf(item)[0]!);
  if (kindOf(item) === "FunctionCallExpression") return textOf(callOf(item).args[0]!);
  return textOf(item);
}

/** The expression of `Name = …`, or the item itself. */
export function valueOf(item: Node): Node {
  return kindOf(item) === "SimpleNamedExpression" ? childrenOf(item)[2]! : item;
}

export function callOf(node: Node): { readonly name: string; readonly args: Node[] } {
  const [name, list] = childrenOf(node);
  return { name: textOf(name!), args: listed(list!) };
}

export function itemsOf(list: Node): Node[] {
  return childrenOf(list).map((separated) => childrenOf(separated)[0]!);
}

export function textOf(node: Node): string {
  return node.toString().trim();
}

function listed(parenthesized: Node): Node[] {
  return itemsOf(childrenOf(parenthesized).find((part) => kindOf(part) === "List")!);
}

function milliseconds(timespan: string): number {
  const [, count = "", unit = ""] = /^(\d+)([mhd])$/.exec(timespan) ?? [];
  const hours = HOURS[unit];
  if (hours === undefined) throw new Error(`the time span ${timespan} is not known here`);
  return Number(count) * hours * 3_600_000;
}
