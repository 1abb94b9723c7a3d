import { prose, say, type Text } from "./document";
import type { Resource, StackGraph } from "./model";
import { typeWords } from "./typeNames";

/** How a report names resources, and what ids stand for. */

/** What it is and its logical name. */
export function named({ type, name }: Resource): Text {
  return say`${prose(typeWords(type))} ${name}`;
}

/** The resource of the graph with this id; Azure compares ids without regard to case. */
export function withId({ resources }: StackGraph, id: string): Resource | undefined {
  return resources.find((one) => one.id?.toLowerCase() === id.toLowerCase());
}

/** What an ARM id stands for: a resource of the stack, something below one, or something of others. */
export function idWords(graph: StackGraph, id: string): Text {
  const own = withId(graph, id);
  if (own !== undefined) return named(own);
  const [, subscription, group, rest] =
    /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(?:\/providers\/(.+))?$/i.exec(id) ??
    [];
  if (subscription !== undefined && rest === undefined) {
    return group === undefined
      ? say`the whole subscription ${subscription}`
      : say`the whole resource group ${group}`;
  }
  const segments = (rest ?? id).split("/");
  return say`${segments.slice(-2).join("/")}`;
}

/** Whether a scope is so wide that resources which are not the stack's lie in it. */
export function isWideScope(id: string): boolean {
  return /^\/(subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?|providers\/Microsoft\.Management\/.*)?\/?$/i.test(
    id,
  );
}
