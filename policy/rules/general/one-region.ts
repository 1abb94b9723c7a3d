import { violations } from "../../relations";
import { BOTH, type StackRule } from "../../rule";
import { fault, UNKNOWN } from "../../inputChecks";

/** Private DNS zones and their links have no place. */
const NOWHERE = "global";

/**
 * Data stays in the region that the stack is for, and nothing waits for another one. The region is that of most
 * resources; Azure takes "Canada Central" and "canadacentral" for the same.
 */
export const oneRegion: StackRule = {
  id: "one-region",
  title: "All resources lie in one region",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.Resource.AllowedRegions"],
    azurePolicy: ["e56962a6-4747-49cd-b67b-bf8b01975c4c"],
  },
  sees: "stack",
  check: (resources) => {
    const placed = resources.flatMap((resource) => {
      const { location } = resource.inputs;
      return location === undefined ? [] : [{ resource, place: placeOf(location), location }];
    });
    const region = mostCommon(
      placed.flatMap(({ place }) => (place === undefined || place === NOWHERE ? [] : [place])),
    );
    return placed
      .filter(({ place }) => place !== NOWHERE && place !== region)
      .flatMap(({ resource, location }) =>
        violations(resource, [fault("location", location, region ?? "a region")]),
      );
  },
};

function placeOf(location: unknown): string | undefined {
  if (typeof location !== "string" || location === UNKNOWN) return undefined;
  return location.toLowerCase().replaceAll(" ", "");
}

function mostCommon(words: readonly string[]): string | undefined {
  const count = (word: string) => words.filter((one) => one === word).length;
  return [...new Set(words)].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1))[0];
}
