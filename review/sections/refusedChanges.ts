import { joined, list, quoted, say, strong, type Section } from "../document";
import type { StackReview } from "../model";
import { named } from "../naming";

/** Changes of a valid stack into another valid one that Azure or Kubernetes does not make. */
export function refusedSection({ refusedChanges }: StackReview): Section {
  const texts = refusedChanges.map(({ resource, message, sources }) => {
    const assumptions = joined(sources.map((source) => say`${source}`));
    return say`${strong`Refused change:`} ${named(resource)}: ${quoted(message)} (by ${assumptions})`;
  });
  return {
    title: "Refused changes",
    headlines: texts.map((text) => ({ weight: "blocking", text })),
    blocks: list(texts),
    unchanged: [],
  };
}
