import { BOTH, type ResourceRule } from "../../rule";
import { taggingOf } from "../../resourceTypes";
import { at, mustSay } from "../../inputChecks";

const TAGS = ["application", "environment", "owner"];

/**
 * Cost, questions and clean-up find their owner by tags. The endpoint's own tags are written with its split, and
 * that is where they are looked at.
 */
export const requiredTags: ResourceRule = {
  id: "required-tags",
  title: "Every resource says whose it is and what for",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.Resource.UseTags"],
    azurePolicy: ["871b6d14-10aa-478d-b590-94f262ecfa99"],
  },
  sees: "resource",
  types: "all",
  check: ({ type, inputs, ignoreChanges }) => {
    const where = taggingOf(type);
    if (where === undefined || where === "untagged" || ignoreChanges.includes(where)) return [];
    return TAGS.flatMap((tag) => mustSay(at(inputs, where), tag, "a tag that says something")).map(
      (message) => `${where}.${message}`,
    );
  },
};
