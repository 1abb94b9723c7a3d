import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
} from "@azure/core-rest-pipeline";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { cannotWrite, UserError } from "../errors";
import {
  isRowOf,
  PRICE_FILE,
  readPrices,
  RETAIL_PRICES,
  retailPage,
  type Meter,
  type PriceFile,
  type PriceRow,
  type RetailRow,
} from "./prices";

/** Of the price list; values in filters are case-sensitive from this version on. */
const API_VERSION = "2023-01-01-preview";

/** A page has 100 rows, and one meter of one region some ten. */
const MOST_PAGES = 50;

export interface RenewOptions {
  /** A meter in the region that it is paid in. */
  readonly wanted: readonly (readonly [Meter, string])[];
  /** @default that of the file */
  readonly currency?: string | undefined;
  readonly today: string;
  /** @default the file of this project */
  readonly file?: string;
  /** @default Azure's */
  readonly url?: string;
  /** First wait of the client's own retries (429, 5xx, lost connections), in milliseconds. @default 1000 */
  readonly retryDelayMs?: number;
}

/** What has changed, a line each. */
export interface Renewed {
  readonly rows: number;
  readonly changes: readonly string[];
}

/**
 * Asks Azure's public price list for all prices of the file and those that are wanted, and writes the file anew. Needs no
 * sign-in. Nothing is written unless every question is answered.
 *
 * @throws UserError when the list does not answer, or in another currency
 */
export async function renewPrices(options: RenewOptions): Promise<Renewed> {
  const { file = PRICE_FILE, today } = options;
  const before = readPrices(file);
  const currency = options.currency ?? before.BillingCurrency;
  const rows: PriceRow[] = [];
  for (const [meter, region] of metersOf(before, options.wanted)) {
    const found = await rowsOf(meter, region, currency, options);
    rows.push(...found.map((row) => ({ ...row, date: today, source: "Azure Retail Prices API" })));
  }
  const after: PriceFile = { BillingCurrency: currency, Items: rows };
  await writeFileAtomic(file, `${JSON.stringify(after, null, 2)}\n`).catch((error: unknown) => {
    throw cannotWrite(file, error);
  });
  return { rows: rows.length, changes: changesOf(before, after) };
}

/** Each meter once, in the order of the file; those that are new come last. */
function metersOf(
  { Items }: PriceFile,
  wanted: RenewOptions["wanted"],
): readonly (readonly [Meter, string])[] {
  const all = [
    ...Items.map((row) => [meterOf(row), row.armRegionName] as const),
    ...wanted.map(([meter, region]) => [meter, meter.region ?? region] as const),
  ];
  const keys = all.map(([meter, region]) => keyOf(meter, region));
  return all.filter((_, place) => keys.indexOf(keys[place] ?? "") === place);
}

function meterOf({ serviceName, armSkuName, meterName }: RetailRow): Meter {
  if (serviceName === "Virtual Machines" && armSkuName !== undefined) {
    return { serviceName, armSkuName };
  }
  return { serviceName, ...(meterName === undefined ? {} : { meterName }) };
}

function keyOf({ serviceName, armSkuName, meterName }: Meter, region: string): string {
  return `${armSkuName ?? `${serviceName}, ${meterName ?? ""}`} in ${region === "" ? "all regions" : region}`;
}

async function rowsOf(
  meter: Meter,
  region: string,
  currency: string,
  { url = RETAIL_PRICES, retryDelayMs = 1000 }: RenewOptions,
): Promise<RetailRow[]> {
  const conditions = {
    serviceName: meter.serviceName,
    // Rows without a region are not found by an empty one: all are asked for, and those without are kept.
    armRegionName: region === "" ? undefined : region,
    priceType: "Consumption",
    armSkuName: meter.armSkuName,
    meterName: meter.meterName,
  };
  const filter = Object.entries(conditions)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key} eq '${value}'`]))
    .join(" and ");
  const first = new URL(url);
  first.searchParams.set("api-version", API_VERSION);
  first.searchParams.set("currencyCode", `'${currency}'`);
  first.searchParams.set("$filter", filter);
  const rows: RetailRow[] = [];
  let next: string | undefined = first.href;
  for (let pages = 0; next !== undefined; pages += 1) {
    if (pages === MOST_PAGES) throw refused(url, `${String(MOST_PAGES)} pages have no end`);
    if (new URL(next).origin !== first.origin) throw refused(url, `its next page is at ${next}`);
    const page = await pageAt(next, retryDelayMs);
    const other = [
      page.BillingCurrency,
      ...page.Items.map(({ currencyCode }) => currencyCode),
    ].find((code) => code !== currency);
    if (other !== undefined) {
      throw refused(url, `it answers in ${other}, and ${currency} was asked for`);
    }
    rows.push(...page.Items.filter((row) => isRowOf(row, meter, region)));
    next = page.NextPageLink ?? undefined;
  }
  return rows;
}

async function pageAt(url: string, retryDelayMs: number): Promise<z.output<typeof retailPage>> {
  const retryOptions = { maxRetries: 4, retryDelayInMs: retryDelayMs, maxRetryDelayInMs: 30_000 };
  const pipeline = createPipelineFromOptions({ retryOptions });
  const request = createPipelineRequest({
    url,
    timeout: 60_000,
    allowInsecureConnection: new URL(url).hostname === "127.0.0.1",
  });
  const answer = await pipeline
    .sendRequest(createDefaultHttpClient(), request)
    .catch((error: unknown) => {
      throw refused(url, (error as Error).message);
    });
  if (answer.status !== 200) throw refused(url, `it answers ${String(answer.status)}`);
  const parsed = retailPage.safeParse(jsonOf(answer.bodyAsText ?? ""));
  if (!parsed.success) throw refused(url, "its answer is no page of prices");
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(url: string, why: string): UserError {
  return new UserError(
    `Azure's price list (${new URL(url).host}) gives no prices: ${why}. The file of prices is unchanged.`,
  );
}

function changesOf(before: PriceFile, after: PriceFile): string[] {
  const priced = ({ Items, BillingCurrency }: PriceFile) =>
    new Map(
      Items.map((row) => [
        keyOf(meterOf(row), row.armRegionName),
        `${String(row.retailPrice)} ${BillingCurrency} for ${row.unitOfMeasure}`,
      ]),
    );
  const [olds, news] = [priced(before), priced(after)];
  return [...new Set([...olds.keys(), ...news.keys()])].flatMap((key) => {
    const [was = "unknown", is = "unknown"] = [olds.get(key), news.get(key)];
    return was === is ? [] : [`${key}: ${was} → ${is}`];
  });
}
