import { z } from "zod";
import { isOrdinary, RETAIL_PRICES } from "../../cost/prices";
import { INSTANCE_TYPE, MOST_INSTANCES } from "../fixture";
import { RUN_TAG, runNames, type RunPlace } from "./resources";

/** After so many hours a run is interrupted, so that a service that hangs costs no more. */
export const LONGEST_HOURS = 3;

/** Cores of INSTANCE_TYPE (Microsoft Learn, DSv2 sizes). */
const CORES = 4;

/** Instances for which a deployment needs quota: a fifth more than it has, rounded up (Learn, Manage and increase quotas). */
const reserved = (instances: number) => Math.ceil(1.2 * instances);

/**
 * What is created and what it costs at most, for the confirmation prompt.
 *
 * @param hourlyUsd price of an instance; undefined where the price list does not answer
 */
export function costPlan(place: RunPlace, hourlyUsd: number | undefined): string {
  const { resourceGroup, location, run } = place;
  // The one that is scaled beside the one that is not.
  const quota = CORES * (reserved(MOST_INSTANCES - 1) + reserved(1));
  const most = `${MOST_INSTANCES} instances for ${LONGEST_HOURS} hours`;
  const cost =
    hourlyUsd === undefined
      ? `the price list does not answer; look up ${INSTANCE_TYPE} in ${location}, and count ${most}`
      : `at most ${(hourlyUsd * MOST_INSTANCES * LONGEST_HOURS).toFixed(2)} USD for ${most} at ${hourlyUsd} USD an hour`;
  return `In the resource group ${resourceGroup} (${location}) this creates, and removes at the end:
  the workspace ${runNames(run).workspace} with a storage account and a key vault of its own, tagged ${RUN_TAG}=${run}
  an endpoint without deployments, and one with two, up to ${MOST_INSTANCES} instances of ${INSTANCE_TYPE} (quota for ${quota} cores)
Cost: ${cost}, and some cents for storage, vault and logs.`;
}

const pricesSchema = z.object({
  Items: z.array(
    z.object({
      retailPrice: z.number(),
      currencyCode: z.string(),
      productName: z.string(),
      skuName: z.string(),
    }),
  ),
});

/**
 * Price of an instance and hour in USD, from Azure's public price list (Azure Retail Prices API); a managed endpoint's
 * instance is charged as the virtual machine that it is. Undefined when the list does not answer or has no such size.
 */
export async function hourlyPrice(
  location: string,
  get: (url: string) => Promise<unknown> = getJson,
): Promise<number | undefined> {
  const filter =
    `serviceName eq 'Virtual Machines' and priceType eq 'Consumption' and ` +
    `armRegionName eq '${location}' and armSkuName eq '${INSTANCE_TYPE}'`;
  try {
    const answer = await get(`${RETAIL_PRICES}?$filter=${encodeURIComponent(filter)}`);
    const found = pricesSchema
      .parse(answer)
      .Items.find((row) => row.currencyCode === "USD" && isOrdinary(row));
    return found?.retailPrice;
  } catch {
    // The prompt then says that there is no price, and the user may still decline.
    return undefined;
  }
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return response.json();
}
