import type { PriceFile, PriceRow } from "../../cost/prices";

/** Prices for tests: round ones, and those of the two example stacks. */

export function row(changes: Partial<PriceRow> & Pick<PriceRow, "retailPrice">): PriceRow {
  return {
    currencyCode: "USD",
    tierMinimumUnits: 0,
    armRegionName: "canadacentral",
    serviceName: "Virtual Machines",
    unitOfMeasure: "1 Hour",
    type: "Consumption",
    date: "2026-11-01",
    source: "a test",
    ...changes,
  };
}

const machine = (armSkuName: string, retailPrice: number) => row({ armSkuName, retailPrice });
const unit = (
  serviceName: string,
  meterName: string,
  retailPrice: number,
  changes: Partial<PriceRow> = {},
) => row({ serviceName, meterName, retailPrice, ...changes });
const everywhere = { armRegionName: "Global" };

export const PRICES: PriceFile = {
  BillingCurrency: "USD",
  Items: [
    machine("Standard_DS2_v2", 0.14),
    machine("Standard_DS3_v2", 0.28),
    machine("Standard_D4ds_v5", 0.252),
    machine("Standard_D8ds_v5", 0.504),
    unit("Azure Kubernetes Service", "Standard Uptime SLA", 0.1),
    unit("Container Registry", "Premium Registry Unit", 1.6666, { unitOfMeasure: "1/Day" }),
    unit("NAT Gateway", "Standard Gateway", 0.045, everywhere),
    unit("Virtual Network", "Standard IPv4 Static Public IP", 0.005),
    unit("Virtual Network", "Standard Private Endpoint", 0.01, everywhere),
    unit("Azure DNS", "Private Zone", 0.5, { armRegionName: "", unitOfMeasure: "1" }),
  ],
};

/** The list without one meter or size. */
export function without(name: string): PriceFile {
  const Items = PRICES.Items.filter((one) => one.meterName !== name && one.armSkuName !== name);
  if (Items.length === PRICES.Items.length) throw new Error(`there is no ${name}`);
  return { ...PRICES, Items };
}
