import { PRODUCTION, type ResourceRule } from "../../rule";
import { FOUNDATIONS } from "../../resourceTypes";

/**
 * Pulumi deletes what a program no longer declares, after a renamed resource for instance. To take a stack down,
 * exempt these for a day.
 */
export const protectedFoundations: ResourceRule = {
  id: "protected-foundations",
  title: "What holds data or serves requests is protected against deletion",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    other: ["Pulumi, resource option protect"],
  },
  sees: "resource",
  types: FOUNDATIONS,
  check: ({ protect }) => (protect ? [] : ["is not protected; set mlscore:protect to true"]),
};
