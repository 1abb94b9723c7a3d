import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { PriceRow } from "../../cost/prices";
import { renewPrices } from "../../cost/renew";
import { row } from "./prices";

/** Renewal of the price file from a list on loopback that answers as Azure documents; that Azure does is not proved. */

interface Page {
  readonly status?: number;
  readonly body: unknown;
}

let directory: string;
let file: string;
let server: Server;
let url: string;
let asked: URLSearchParams[];
let answers: (query: URLSearchParams) => Page;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "mlscore-prices-"));
  file = join(directory, "prices.json");
  save([row({ armSkuName: "Standard_DS2_v2", retailPrice: 0.14 })]);
  asked = [];
  server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://127.0.0.1").searchParams;
    asked.push(query);
    const { status = 200, body } = answers(query);
    const again = status === 429 ? { "retry-after": "0" } : {};
    response.writeHead(status, { "content-type": "application/json", ...again });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/api/retail/prices`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

function save(Items: readonly PriceRow[]): void {
  writeFileSync(file, JSON.stringify({ BillingCurrency: "USD", Items }));
}

/** A row as the API has it. */
function answer(armSkuName: string, retailPrice: number, changes: object = {}): object {
  const { date: _date, source: _source, ...api } = row({ armSkuName, retailPrice });
  return { ...api, meterId: "m", unitPrice: retailPrice, productName: "DSv2 Series", ...changes };
}

const page = (Items: readonly object[], more: object = {}) => ({
  body: { BillingCurrency: "USD", Items, NextPageLink: null, Count: Items.length, ...more },
});

const renew = (changes: Partial<Parameters<typeof renewPrices>[0]> = {}) =>
  renewPrices({ wanted: [], today: "2026-12-01", file, url, retryDelayMs: 0, ...changes });

const saved = () => JSON.parse(readFileSync(file, "utf8")) as { Items: Record<string, unknown>[] };

describe("renewing the prices", () => {
  it("asks for each price of the file and of the stack, and writes what it is told with the day", async () => {
    answers = (query) => {
      const size = /armSkuName eq '(\w+)'/.exec(query.get("$filter") ?? "")?.[1] ?? "";
      return page([answer(size, size === "Standard_DS2_v2" ? 0.15 : 0.3)]);
    };
    const meter = { serviceName: "Virtual Machines", armSkuName: "Standard_DS3_v2" };
    const result = await renew({
      wanted: [
        [meter, "canadacentral"],
        [meter, "canadacentral"],
      ],
    });
    expect(asked.map((query) => query.get("$filter"))).toEqual([
      "serviceName eq 'Virtual Machines' and armRegionName eq 'canadacentral' and priceType eq 'Consumption' and armSkuName eq 'Standard_DS2_v2'",
      "serviceName eq 'Virtual Machines' and armRegionName eq 'canadacentral' and priceType eq 'Consumption' and armSkuName eq 'Standard_DS3_v2'",
    ]);
    expect(asked.map((query) => query.get("currencyCode"))).toEqual(["'USD'", "'USD'"]);
    expect(result).toEqual({
      rows: 2,
      changes: [
        "Standard_DS2_v2 in canadacentral: 0.14 USD for 1 Hour → 0.15 USD for 1 Hour",
        "Standard_DS3_v2 in canadacentral: unknown → 0.3 USD for 1 Hour",
      ],
    });
    expect(saved().Items[0]).toMatchObject({
      retailPrice: 0.15,
      date: "2026-12-01",
      source: "Azure Retail Prices API",
    });
  });

  it("asks for all regions where the list names none, and keeps the row without a region", async () => {
    const zone = { armSkuName: "", serviceName: "Azure DNS", meterName: "Private Zone" };
    save([]);
    answers = () =>
      page([
        answer("", 0.5, { ...zone, armRegionName: "", unitOfMeasure: "1" }),
        answer("", 0.1, { ...zone, armRegionName: "", unitOfMeasure: "1", tierMinimumUnits: 25 }),
        answer("", 0.625, { ...zone, armRegionName: "usgovvirginia", unitOfMeasure: "1" }),
      ]);
    const meter = { serviceName: "Azure DNS", meterName: "Private Zone", region: "" } as const;
    const result = await renew({ wanted: [[meter, "canadacentral"]] });
    expect(asked.map((query) => query.get("$filter"))).toEqual([
      "serviceName eq 'Azure DNS' and priceType eq 'Consumption' and meterName eq 'Private Zone'",
    ]);
    expect(result.changes).toEqual([
      "Azure DNS, Private Zone in all regions: unknown → 0.5 USD for 1",
    ]);
    // Once it is in the file, it is asked for in the same way.
    asked = [];
    expect((await renew()).changes).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it("reads all pages, and takes no row of Windows or of machines that can be taken away", async () => {
    answers = (query) =>
      query.get("$skip") === null
        ? page([answer("Standard_DS2_v2", 0.2, { productName: "DSv2 Series Windows" })], {
            NextPageLink: `${url}?$skip=100`,
          })
        : page([
            answer("Standard_DS2_v2", 0.05, { skuName: "DS2 v2 Spot" }),
            answer("Standard_DS2_v2", 0.141),
          ]);
    expect((await renew()).rows).toBe(1);
    expect(asked).toHaveLength(2);
    expect(saved().Items.map(({ retailPrice }) => retailPrice)).toEqual([0.141]);
  });

  it("makes a price unknown that the list has no more", async () => {
    answers = () => page([]);
    expect((await renew()).changes).toEqual([
      "Standard_DS2_v2 in canadacentral: 0.14 USD for 1 Hour → unknown",
    ]);
    expect(saved().Items).toEqual([]);
  });

  it("asks again where the list is busy", async () => {
    let refusals = 2;
    answers = () =>
      refusals-- > 0 ? { status: 429, body: {} } : page([answer("Standard_DS2_v2", 0.15)]);
    await renew();
    expect(asked).toHaveLength(3);
    expect(saved().Items[0]).toMatchObject({ retailPrice: 0.15 });
  });

  it.each<[string, () => Page, string]>([
    ["refuses", () => ({ status: 400, body: {} }), "it answers 400"],
    ["stays busy", () => ({ status: 429, body: {} }), "it answers 429"],
    ["fails", () => ({ status: 500, body: {} }), "it answers 500"],
    ["answers no JSON", () => ({ body: "<html>" }), "its answer is no page of prices"],
    [
      "answers a price that is none",
      () => page([answer("Standard_DS2_v2", -1)]),
      "its answer is no page of prices",
    ],
    [
      "answers in another currency",
      () => page([], { BillingCurrency: "CAD" }),
      "it answers in CAD, and USD was asked for",
    ],
    [
      "has a row in another currency",
      () => page([answer("Standard_DS2_v2", 0.2, { currencyCode: "EUR" })]),
      "it answers in EUR, and USD was asked for",
    ],
    [
      "sends elsewhere",
      () => page([], { NextPageLink: "http://127.0.0.2/prices" }),
      "its next page is at http://127.0.0.2/prices",
    ],
    ["has no end", () => page([], { NextPageLink: `${url}?$skip=1` }), "50 pages have no end"],
  ])("that %s leaves the file as it was", async (_what, answered, why) => {
    const before = readFileSync(file, "utf8");
    answers = answered;
    await expect(renew()).rejects.toThrow(
      `Azure's price list (${new URL(url).host}) gives no prices: ${why}. The file of prices is unchanged.`,
    );
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("that does not answer leaves the file as it was", async () => {
    const before = readFileSync(file, "utf8");
    answers = () => page([]);
    await new Promise((resolve) => server.close(resolve));
    await expect(renew()).rejects.toThrow("The file of prices is unchanged.");
    expect(readFileSync(file, "utf8")).toBe(before);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  it("reads no file whose prices are in two currencies, or that is none", async () => {
    answers = () => page([]);
    save([row({ armSkuName: "S", retailPrice: 1, currencyCode: "CAD" })]);
    await expect(renew()).rejects.toThrow("is a list in USD and has a price in CAD; renew it");
    writeFileSync(file, "{}");
    await expect(renew()).rejects.toThrow("BillingCurrency");
    writeFileSync(file, "{");
    await expect(renew()).rejects.toThrow("is not JSON");
    expect(asked).toEqual([]);
  });
});
