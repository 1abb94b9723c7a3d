import type { Amounts } from "../../cost/charges";
import { estimate, type CostLine, type Estimate } from "../../cost/estimate";
import { amountText, datesText, totalText } from "../../cost/report";
import type { PriceFile } from "../../cost/prices";
import { details, list, prose, say, table, type Block, type Text } from "../document";
import type { StackReview } from "../model";

/** What a month costs before and after, at Azure's list prices. */
export interface CostChange {
  /** For the headline; undefined where no amount differs. */
  readonly text: Text | undefined;
  readonly changed: readonly Block[];
  /** The estimate as a whole, for who wants to know it. */
  readonly whole: readonly Block[];
}

export function costChange({ before, after }: StackReview, prices: PriceFile): CostChange {
  const was = estimate(before?.resources ?? [], prices);
  const is = estimate(after?.resources ?? [], prices);
  const rows = changedLines(was, is);
  return {
    text: rows.length === 0 ? undefined : totals(was, is, rows),
    changed: table(
      `Cost of a month in ${is.currency}`,
      ["", "count before", "after", "usual before", "after", "most before", "after"],
      rows.map(({ old, now }) => rowOf(old, now)),
    ),
    whole: after === undefined ? [] : details(summary(is), wholeBlocks(is)),
  };
}

interface ChangedLine {
  readonly old: CostLine | undefined;
  readonly now: CostLine | undefined;
}

function changedLines(was: Estimate, is: Estimate): readonly ChangedLine[] {
  const kindOf = ({ name, words }: CostLine) => `${words.replace(/,.*/, "")} ${name}`;
  const find = ({ lines }: Estimate, key: string) => lines.find((one) => kindOf(one) === key);
  const keys = [...new Set([...is.lines, ...was.lines].map(kindOf))];
  return keys
    .map((key) => ({ old: find(was, key), now: find(is, key) }))
    .filter(({ old, now }) => JSON.stringify(old) !== JSON.stringify(now));
}

function totals(was: Estimate, is: Estimate, rows: readonly ChangedLine[]): Text {
  const isKnown = rows.every(({ old, now }) => {
    return old?.unknown === undefined && now?.unknown === undefined;
  });
  if (!isKnown && was.month.most === is.month.most) {
    return prose("what changes has no known price");
  }
  const step = (name: string, from: number, to: number) => {
    const sign = to < from ? "−" : "+";
    const known = isKnown ? "" : ", and what has no known price";
    const difference = `${sign}${amountText(Math.abs(to - from))}${known}`;
    return `${name} ${totalText(from, was)} → ${totalText(to, is)} a month (${difference})`;
  };
  const usual = step("usually", was.month.usual, is.month.usual);
  const hasRange = was.month.most !== was.month.usual || is.month.most !== is.month.usual;
  const most = hasRange
    ? `; ${step("with all at its maximum", was.month.most, is.month.most)}`
    : "";
  return prose(`${usual}${most}`);
}

function rowOf(old: CostLine | undefined, now: CostLine | undefined): Text[] {
  const line = now ?? old;
  const sizes = [...new Set([old?.words, now?.words].filter((words) => words !== undefined))];
  const count = (one: CostLine | undefined) => prose(one === undefined ? "–" : range(one.count));
  const money = (one: CostLine | undefined, kind: keyof Amounts) => {
    if (one === undefined) return prose("–");
    return prose(one.month === undefined ? "unknown" : amountText(one.month[kind]));
  };
  return [
    say`${line?.name ?? ""} (${sizes.join(" → ")})`,
    count(old),
    count(now),
    money(old, "usual"),
    money(now, "usual"),
    money(old, "most"),
    money(now, "most"),
  ];
}

function range({ least, usual, most }: Amounts): string {
  return least === most ? String(usual) : `${String(least)} to ${String(most)}`;
}

function summary(found: Estimate): Text {
  return prose(
    `After: usually ${totalText(found.month.usual, found)} a month, at list prices of ${datesText(found)}`,
  );
}

function wholeBlocks(found: Estimate): Block[] {
  const { lines, month, notPriced, withoutTraffic, currency } = found;
  const idle = withoutTraffic.deployments.map((name) => say`${name}`);
  return [
    ...table(
      `Cost of a month in ${currency}`,
      ["", "", "count", "least", "usual", "most"],
      lines.map(({ name, words, count, month: own }) => [
        say`${name}`,
        say`${words}`,
        prose(range(count)),
        ...(["least", "usual", "most"] as const).map((kind) =>
          prose(own === undefined ? "unknown" : amountText(own[kind])),
        ),
      ]),
    ),
    ...list([
      prose(`Idle, with no request at all: ${totalText(month.least, found)} a month`),
      ...(idle.length === 0
        ? []
        : [
            say`Without traffic: ${idle.flatMap((one, place) => (place === 0 ? one : [...prose(", "), ...one]))}, ${prose(amountText(withoutTraffic.month))} of it`,
          ]),
      ...notPriced.map((one) => say`Not in the sum: ${one}`),
    ]),
  ];
}
