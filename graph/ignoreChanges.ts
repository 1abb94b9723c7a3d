import { valueAt, type Inputs } from "./paths";

/**
 * The inputs with what the program ignores changes of as it was, the way the engine passes them on. Paths with a wildcard
 * or an index are left alone: nothing that a run here shows depends on them.
 */
export function withIgnored(ignored: readonly string[], before: Inputs, after: Inputs): Inputs {
  return ignored
    .filter((path) => !path.includes("["))
    .reduce((inputs, path) => withValueAt(inputs, path.split("."), valueAt(before, path)), after);
}

function withValueAt(
  inputs: Inputs,
  [key = "", ...rest]: readonly string[],
  value: unknown,
): Inputs {
  const { [key]: current, ...others } = inputs;
  if (rest.length === 0) return value === undefined ? others : { ...others, [key]: value };
  if (typeof current !== "object" || current === null) return inputs;
  return { ...others, [key]: withValueAt(current as Inputs, rest, value) };
}
