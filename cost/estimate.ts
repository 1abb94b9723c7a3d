import { isObject, numberAt, textAt } from "../graph/paths";
import { chargesOf, type Amounts, type Charge } from "./charges";
import { coresByFamily, factsByName, type FamilyCores } from "./families";
import { machinesOf, type DeclaredPart } from "./machines";
import { notPricedOf } from "./notPriced";
import { priceOf, type PriceFile, type Unit } from "./prices";

/** Hours of a month in Azure's estimates (Azure, "Pricing calculator" and "Linux Virtual Machines Pricing": 730 hours). */
export const MONTH_HOURS = 730;

/** Units of a month, over the hours that make one: a day's price is paid 730 / 24 times. */
const HOURS_OF: Readonly<Record<Unit, number>> = { hour: 1, day: 24, month: MONTH_HOURS };

/** One line of the estimate. Money is in millionths of the currency. */
export interface CostLine extends Charge {
  /** A month's cost, or why it is unknown. */
  readonly month: Amounts | undefined;
  readonly price: { readonly millionths: number; readonly unit: Unit } | undefined;
  /** Cost of an hour at the worst moment. */
  readonly worstHour: number | undefined;
  readonly unknown: string | undefined;
}

export interface Estimate {
  readonly currency: string;
  readonly region: string;
  /** The days on which the prices were asked for, oldest first. */
  readonly dates: readonly string[];
  readonly lines: readonly CostLine[];
  /** Sums of the lines whose price is known. */
  readonly month: Amounts;
  readonly worstHour: number;
  /** Whether every line has a price; otherwise the sums are the least that is paid. */
  readonly isComplete: boolean;
  /** A month of the deployments that get no request at the moment. */
  readonly withoutTraffic: { readonly deployments: readonly string[]; readonly month: number };
  readonly cores: readonly FamilyCores[];
  readonly notPriced: readonly string[];
}

/** What a declared stack costs in a month, and its cores by family. Pure: same graph, same prices, same estimate. */
export function estimate(resources: readonly DeclaredPart[], prices: PriceFile): Estimate {
  const region = regionOf(resources);
  const dates = new Set<string>();
  const lines = chargesOf(resources).map((charge) => lineOf(charge, prices, region, dates));
  const sum = (value: (line: CostLine) => number | undefined) =>
    lines.reduce((total, line) => total + (value(line) ?? 0), 0);
  const idle = withoutTraffic(resources);
  return {
    currency: prices.BillingCurrency,
    region,
    dates: [...dates].sort(),
    lines,
    month: {
      least: sum(({ month }) => month?.least),
      usual: sum(({ month }) => month?.usual),
      most: sum(({ month }) => month?.most),
    },
    worstHour: sum(({ worstHour }) => worstHour),
    isComplete: lines.every(({ unknown }) => unknown === undefined),
    withoutTraffic: {
      deployments: idle,
      month: sum(({ name, words, month }) => {
        return words.startsWith("deployment,") && idle.includes(name) ? month?.usual : undefined;
      }),
    },
    cores: coresByFamily(machinesOf(resources), factsByName),
    notPriced: notPricedOf(resources),
  };
}

function lineOf(charge: Charge, prices: PriceFile, region: string, dates: Set<string>): CostLine {
  const { count, meter, worst } = charge;
  const found =
    meter === undefined
      ? { unknown: "no meter of the price list is known for it" }
      : priceOf(prices, meter, region);
  if ("unknown" in found) {
    const isFree = count.most === 0;
    const nothing = { least: 0, usual: 0, most: 0 };
    return {
      ...charge,
      price: undefined,
      month: isFree ? nothing : undefined,
      worstHour: isFree ? 0 : undefined,
      unknown: isFree ? undefined : found.unknown,
    };
  }
  dates.add(found.date);
  const { millionths, unit } = found;
  const hours = (units: number, time: number) =>
    Math.round((millionths * units * time) / HOURS_OF[unit]);
  return {
    ...charge,
    price: { millionths, unit },
    month: {
      least: hours(count.least, MONTH_HOURS),
      usual: hours(count.usual, MONTH_HOURS),
      most: hours(count.most, MONTH_HOURS),
    },
    worstHour: hours(worst, 1),
    unknown: undefined,
  };
}

/** The region that most of the stack's resources are in; some, such as alerts on activity, are in none or in another. */
export function regionOf(resources: readonly DeclaredPart[]): string {
  const counts = new Map<string, number>();
  for (const { inputs } of resources) {
    const region = textAt(inputs, "location");
    if (region !== "" && region.toLowerCase() !== "global") {
      counts.set(region, (counts.get(region) ?? 0) + 1);
    }
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? "";
}

/** Deployments of an endpoint whose split gives them neither requests nor copies of some. */
function withoutTraffic(resources: readonly DeclaredPart[]): readonly string[] {
  const splits = resources.filter(({ type }) => type.endsWith(":TrafficSplit"));
  return splits
    .flatMap(({ inputs }) => {
      const { deployments } = inputs;
      return Object.keys(isObject(deployments) ? deployments : {}).filter((name) =>
        ["traffic", "mirrorTraffic"].every((kind) => (numberAt(inputs[kind], name) ?? 0) === 0),
      );
    })
    .sort();
}
