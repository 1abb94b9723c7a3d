import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { PROJECT_DIRECTORY } from "../projectDirectory";

/**
 * Prices that Azure publishes: rows of the Azure Retail Prices API (Microsoft Learn, "Azure Retail Prices overview") in a file
 * of this project, each with the day on which it was asked for. Prices in USD are Microsoft's; others are for reference.
 */
export const PRICE_FILE = join(PROJECT_DIRECTORY, "cost", "prices.json");

const rowSchema = z.object({
  currencyCode: z.string(),
  tierMinimumUnits: z.number().default(0),
  retailPrice: z.number().min(0),
  armRegionName: z.string(),
  serviceName: z.string(),
  productName: z.string().optional(),
  skuName: z.string().optional(),
  meterName: z.string().optional(),
  meterId: z.string().optional(),
  armSkuName: z.string().optional(),
  unitOfMeasure: z.string(),
  type: z.string(),
  effectiveStartDate: z.string().optional(),
});

/** A row as the API answers it, as far as it is used. */
export type RetailRow = z.output<typeof rowSchema>;

/** One page of the API's answer. */
export const retailPage = z.object({
  BillingCurrency: z.string(),
  Items: z.array(rowSchema),
  NextPageLink: z.string().nullish(),
});

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "is no day such as 2026-12-01");

const priceFile = z.object({
  BillingCurrency: z.string().regex(/^[A-Z]{3}$/),
  Items: z.array(rowSchema.extend({ date: day, source: z.string() })),
});

export type PriceFile = z.output<typeof priceFile>;
export type PriceRow = PriceFile["Items"][number];

/** What is asked of the list: machines by their size, anything else by the name of the meter. */
export interface Meter {
  readonly serviceName: string;
  readonly armSkuName?: string;
  readonly meterName?: string;
  /** The region that the API gives for what costs the same everywhere, or leaves empty. @default the stack's */
  readonly region?: "Global" | "";
  /** The unit, where the API's `unitOfMeasure` is `1` alone. */
  readonly unit?: Unit;
}

/** @throws UserError when the file is not a list of prices in one currency */
export function readPrices(file = PRICE_FILE): PriceFile {
  const text = readUserFile(file, MOST_BYTES.document).toString();
  const parsed = priceFile.safeParse(json(file, text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join(".") ?? "";
    throw new UserError(`${file}: ${place} ${issue?.message ?? "is wrong"}; renew it: ${RENEW}`);
  }
  const { BillingCurrency: currency, Items } = parsed.data;
  const other = Items.find(({ currencyCode }) => currencyCode !== currency);
  if (other !== undefined) {
    throw new UserError(
      `${file} is a list in ${currency} and has a price in ${other.currencyCode}; renew it: ${RENEW}`,
    );
  }
  return parsed.data;
}

export const RENEW = "npm run cost -- --renew";

function json(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

/** The public price list (Microsoft Learn, "Azure Retail Prices overview"). */
export const RETAIL_PRICES = "https://prices.azure.com/api/retail/prices";

/** Whether a row is none of Windows, of cloud services or of machines that can be taken away, which have the same sizes. */
export function isOrdinary(
  row: Partial<Pick<RetailRow, "productName" | "skuName" | "meterName">>,
): boolean {
  const words = [row.productName, row.skuName, row.meterName].join(" ");
  return !/windows|spot|low priority|cloud services/i.test(words);
}

/** Whether a row is what the meter means, without a reservation. */
export function isRowOf(row: RetailRow, meter: Meter, location: string): boolean {
  return (
    row.serviceName === meter.serviceName &&
    row.type === "Consumption" &&
    row.tierMinimumUnits === 0 &&
    row.armRegionName === (meter.region ?? location) &&
    (meter.armSkuName === undefined || row.armSkuName === meter.armSkuName) &&
    (meter.meterName === undefined || row.meterName === meter.meterName) &&
    isOrdinary(row)
  );
}

export interface Price {
  /** In millionths of the currency, so that sums are exact. */
  readonly millionths: number;
  readonly unit: Unit;
  readonly date: string;
}

export type Unit = "hour" | "day" | "month";

/** The price, or why there is none; nothing is guessed from another row. */
export function priceOf(
  { Items }: PriceFile,
  meter: Meter,
  location: string,
): Price | { readonly unknown: string } {
  const rows = Items.filter((row) => isRowOf(row, meter, location));
  const [row] = rows;
  if (row === undefined) return { unknown: "the price file does not have it" };
  const isAmbiguous = rows.some(
    (one) => one.retailPrice !== row.retailPrice || one.unitOfMeasure !== row.unitOfMeasure,
  );
  if (isAmbiguous) return { unknown: "the price file has several prices for it" };
  const unit = row.unitOfMeasure === "1" ? meter.unit : unitOf(row.unitOfMeasure);
  if (unit === undefined) return { unknown: `its unit is ${row.unitOfMeasure}` };
  return { millionths: Math.round(row.retailPrice * 1_000_000), unit, date: row.date };
}

/** Azure writes one unit in several ways: `1 Hour`, `1/Hour`, `1/Day`, `1/Month`. */
function unitOf(unitOfMeasure: string): Unit | undefined {
  const [, unit] = /^1 ?\/? ?(hour|day|month)s?$/i.exec(unitOfMeasure.trim()) ?? [];
  return unit === undefined ? undefined : (unit.toLowerCase() as Unit);
}
