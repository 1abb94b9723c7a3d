import { BOTH, type ResourceRule } from "../../rule";
import { taggingOf } from "../../resourceTypes";

/**
 * Rules look at types they know, so a type that nobody has looked at passes all of them: a nested ARM deployment, a
 * Helm release, another cloud's provider. A new type is added to policy/resourceTypes.ts, with the rules that it needs.
 */
export const onlyReviewedTypes: ResourceRule = {
  id: "only-reviewed-types",
  title: "Every resource is of a type that these rules were written for",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ["This project: what nobody has looked at does not pass"],
  },
  sees: "resource",
  types: "all",
  check: ({ type }) =>
    taggingOf(type) === undefined
      ? [
          `is a ${type}, a type without rules; add it to policy/resourceTypes.ts with the rules it needs`,
        ]
      : [],
};
