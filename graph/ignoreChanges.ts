import { isObject, type Inputs } from "./paths";

/**
 * The new inputs, with the old value at every path that the program ignores changes of, as the engine passes them on. A
 * path may have indices: `tags`, `properties.description`, `agentPoolProfiles[0].count`. One with a wildcard changes
 * nothing: no resource of this project has one.
 */
export function withIgnored(ignored: readonly string[], before: Inputs, after: Inputs): Inputs {
  return ignored.reduce<Inputs>((inputs, path) => {
    const steps = path.match(/[^.[\]]+/g) ?? [];
    return withValueAt(inputs, steps, valueAtSteps(before, steps)) as Inputs;
  }, after);
}

function valueAtSteps(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (found, step) =>
      isObject(found) || Array.isArray(found) ? (found as Inputs)[step] : undefined,
    value,
  );
}

/** Unchanged where the inputs do not have the path; without the key where the value is undefined. */
function withValueAt(
  inputs: unknown,
  [step = "", ...rest]: readonly string[],
  value: unknown,
): unknown {
  if (Array.isArray(inputs)) {
    return inputs.map((item: unknown, index) => {
      if (String(index) !== step) return item;
      return rest.length === 0 ? value : withValueAt(item, rest, value);
    });
  }
  if (!isObject(inputs)) return inputs;
  const { [step]: current, ...others } = inputs;
  if (rest.length > 0) {
    return current === undefined
      ? inputs
      : { ...others, [step]: withValueAt(current, rest, value) };
  }
  return value === undefined ? others : { ...others, [step]: value };
}
