import { foundationProblems } from "../../config/production/foundation";
import { list, quoted, say, strong, type Section } from "../document";
import type { StackGraph, StackReview } from "../model";

/** Choices that a stack keeps for life: once it is made, its next run refuses another one (docs/decisions/0012). */
export function foundationSection({ before, after }: StackReview): Section {
  const texts = foundationProblems(choices(before), choices(after) ?? {}).map(
    ({ key, message }) => say`${strong`Immutable setting:`} ${key} ${quoted(message)}`,
  );
  return {
    title: "Immutable settings",
    headlines: texts.map((text) => ({ weight: "blocking", text })),
    blocks: list(texts),
    unchanged: [],
  };
}

function choices(graph: StackGraph | undefined): Record<string, string> | undefined {
  const told = graph?.outputs["foundation"];
  if (typeof told !== "object" || told === null) return undefined;
  return Object.fromEntries(
    Object.entries(told).filter((one): one is [string, string] => typeof one[1] === "string"),
  );
}
