import { fault, items, textAt } from "./inputChecks";

/** What is wrong with a network's subnets, each with its name in front. They are part of its body in this project. */
export function checkSubnets(
  inputs: Readonly<Record<string, unknown>>,
  check: (subnet: unknown) => readonly string[],
): readonly string[] {
  const subnets = items(inputs["subnets"]);
  if (subnets.length === 0) return [fault("subnets", inputs["subnets"], "a list of subnets")];
  return subnets.flatMap((subnet, index) => {
    const name = textAt(subnet, "name") ?? String(index);
    return check(subnet).map((message) => `subnet ${name}: ${message}`);
  });
}
