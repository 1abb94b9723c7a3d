import { didYouMean } from "../azureml/nearest";

/**
 * Regions of Azure's public cloud by whether they have availability zones: Microsoft Learn, "Azure regions list", as of
 * 23 September 2025. Regions opened since are missing; a name that is not here is refused, since a misspelt one cannot be
 * told from a new one.
 */
const LIST_DATE = "23 September 2025";

const WITH_ZONES = (
  "australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral eastasia eastus " +
  "eastus2 francecentral germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest koreacentral " +
  "malaysiawest mexicocentral newzealandnorth northeurope norwayeast polandcentral qatarcentral southafricanorth " +
  "southcentralus southeastasia spaincentral swedencentral switzerlandnorth uaenorth uksouth westeurope westus2 westus3"
).split(" ");

const WITHOUT_ZONES = (
  "australiacentral australiacentral2 australiasoutheast brazilsoutheast canadaeast francesouth germanynorth koreasouth " +
  "northcentralus norwaywest southafricawest southindia switzerlandwest uaecentral ukwest westcentralus westindia westus"
).split(" ");

/** Where the API server cannot lie in the network (AKS, "API Server VNet Integration", availability; August 2026). */
const WITHOUT_API_SERVER = ["qatarcentral"];

/** Why production cannot lie in a region (`{value}` stands for its name); undefined when it can. */
export function regionProblem(region: string): string | undefined {
  if (WITHOUT_API_SERVER.includes(region)) {
    return "is {value}, where AKS does not offer API server VNet integration; choose another region";
  }
  if (WITH_ZONES.includes(region)) return undefined;
  if (WITHOUT_ZONES.includes(region)) {
    return `is {value}, a region without availability zones (Azure's list of ${LIST_DATE}); choose one that has them`;
  }
  const guess = didYouMean(region, [...WITH_ZONES, ...WITHOUT_ZONES]);
  const advice =
    "if the region is newer than that and has availability zones, add it to config/production/regions.ts";
  return `is {value}, which is not in Azure's list of regions of ${LIST_DATE}${guess === "" ? `; ${advice}` : guess}`;
}
