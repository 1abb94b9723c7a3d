import { plainTable } from "../local/plainTable";
import type { Amounts } from "./charges";
import { MONTH_HOURS, type CostLine, type Estimate } from "./estimate";
import { RENEW } from "./prices";

/** Millionths of a currency, as people write an amount. */
export function amountText(millionths: number): string {
  return (Math.round(millionths / 10_000) / 100).toLocaleString("en-US", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
}

/** A month's amount; with `at least` where a part of it is unknown. */
export function totalText(millionths: number, { isComplete, currency }: Estimate): string {
  return `${isComplete ? "" : "at least "}${amountText(millionths)} ${currency}`;
}

/** For people. */
export function costText(stack: string, found: Estimate): string {
  const { currency, region, month, worstHour, withoutTraffic, notPriced } = found;
  const rows = found.lines.map((line) => [
    line.name,
    line.words,
    rangeText(line.count),
    priceText(line),
    ...(line.month === undefined
      ? ["unknown", "", ""]
      : [line.month.least, line.month.usual, line.month.most].map(amountText)),
  ]);
  const total = ["total", "", "", "", ...[month.least, month.usual, month.most].map(amountText)];
  const head = ["", "", "count", "each", "least", "usual", "most"];
  const unknown = found.lines.filter((line) => line.unknown !== undefined);
  return [
    `${stack} in ${region}: ${currency} a month of ${String(MONTH_HOURS)} hours, at list prices of ${datesText(found)}`,
    "",
    plainTable(head, [...rows, total], [2, 3, 4, 5, 6]),
    "",
    `Usual: ${totalText(month.usual, found)} a month.`,
    `Most: ${totalText(month.most, found)} a month, and ${totalText(worstHour, found)} in the hour in which most runs.`,
    `Idle: ${totalText(month.least, found)} a month with no request at all.`,
    ...(withoutTraffic.deployments.length === 0
      ? []
      : [
          `Without traffic: ${withoutTraffic.deployments.join(", ")}: ${amountText(withoutTraffic.month)} ${currency} a month of it.`,
        ]),
    ...found.cores.map((one) => {
      const most = one.usual === one.most ? "" : `, at most ${String(one.most)}`;
      return `Cores of ${one.family}: ${String(one.usual)}${most}; quota for ${String(one.quota)}.`;
    }),
    ...unknownText(unknown),
    ...(notPriced.length === 0 ? [] : [`Not in the sum: ${notPriced.join("; ")}.`]),
  ].join("\n");
}

function unknownText(unknown: readonly CostLine[]): string[] {
  if (unknown.length === 0) return [];
  const reasons = [...new Set(unknown.map((line) => line.unknown ?? ""))].map((why) => {
    const words = unknown.filter((line) => line.unknown === why).map((line) => line.words);
    return `${[...new Set(words)].join("; ")} (${why})`;
  });
  return [`Unknown: ${reasons.join("; ")}. \`${RENEW} --stack NAME\` asks Azure for prices.`];
}

/** The days of the prices. */
export function datesText({ dates }: Estimate): string {
  const [first = "no known day", last = first] = [dates[0], dates.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

function rangeText({ least, usual, most }: Amounts): string {
  if (least === most) return String(usual);
  return `${String(least)} to ${String(most)}`;
}

function priceText({ price }: CostLine): string {
  if (price === undefined) return "unknown";
  // To the last digit: some prices have six decimals.
  return `${String(price.millionths / 1_000_000)} / ${price.unit}`;
}

/** For machines; amounts in the currency. */
export function costJson(stack: string, found: Estimate): string {
  const money = (millionths: number) => millionths / 1_000_000;
  const amounts = ({ least, usual, most }: Amounts) => {
    return { least: money(least), usual: money(usual), most: money(most) };
  };
  const { region, currency, dates, isComplete, withoutTraffic, notPriced } = found;
  return JSON.stringify(
    {
      stack,
      region,
      currency,
      monthHours: MONTH_HOURS,
      pricesOf: dates,
      isComplete,
      month: amounts(found.month),
      idleMonth: money(found.month.least),
      worstHour: money(found.worstHour),
      withoutTraffic: { ...withoutTraffic, month: money(withoutTraffic.month) },
      lines: found.lines.map(({ name, words, count, worst, price, month, unknown }) => ({
        name,
        words,
        count,
        worst,
        price: price && { amount: money(price.millionths), unit: price.unit },
        month: month && amounts(month),
        unknown,
      })),
      cores: found.cores.map(({ family, least, usual, most, quota }) => {
        return { family, least, usual, most, quota };
      }),
      notPriced,
    },
    null,
    2,
  );
}
