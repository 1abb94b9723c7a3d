/**
 * Inputs with what the program ignores changes of as it was, the way the engine passes them on: `tags`,
 * `properties.description`, `agentPoolProfiles[0].count`.
 */
export function withIgnored(
  ignored: readonly string[],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return ignored.reduce<unknown>((inputs, path) => {
    const steps = path.match(/[^.[\]]+/g) ?? [];
    return withValueAt(inputs, steps, valueAt(before, steps));
  }, after) as Readonly<Record<string, unknown>>;
}

function valueAt(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (found, step) =>
      typeof found === "object" && found !== null
        ? (found as Record<string, unknown>)[step]
        : undefined,
    value,
  );
}

/** Where the way there does not exist, everything stays: there is nothing to ignore. */
function withValueAt(
  inputs: unknown,
  [step = "", ...rest]: readonly string[],
  value: unknown,
): unknown {
  if (typeof inputs !== "object" || inputs === null) return inputs;
  if (Array.isArray(inputs)) {
    return inputs.map((item: unknown, index) => {
      if (String(index) !== step) return item;
      return rest.length === 0 ? value : withValueAt(item, rest, value);
    });
  }
  const { [step]: current, ...others } = inputs as Record<string, unknown>;
  if (rest.length > 0) {
    return current === undefined
      ? inputs
      : { ...others, [step]: withValueAt(current, rest, value) };
  }
  return value === undefined ? others : { ...others, [step]: value };
}
