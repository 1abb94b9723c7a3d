import { valueAt, type Inputs } from "../../graph/paths";

/** "Labels and Selectors" of the Kubernetes documentation: at most 63 characters, or none. */
const LABEL_VALUE = /^(?=.{0,63}$)([A-Za-z0-9]([\w.-]*[A-Za-z0-9])?)?$/;

/** Name of a label or an annotation, with or without a prefix that is a DNS subdomain. */
const KEY =
  /^(?:(?=.{1,253}\/)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\/)?(?=[^/]{1,63}$)[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/;

/** What is wrong with the labels and annotations of an object and of the pods it makes. */
export function labelFaults(inputs: Inputs): string[] {
  return ["metadata", "spec.template.metadata"].flatMap((place) => {
    const labels = Object.entries(textsAt(inputs, `${place}.labels`));
    const annotations = Object.keys(textsAt(inputs, `${place}.annotations`));
    return [
      ...[...labels.map(([key]) => key), ...annotations]
        .filter((key) => !KEY.test(key))
        .map((key) => `"${key}" in ${place} is not a valid name of a label or an annotation`),
      ...labels
        .filter(([, value]) => !LABEL_VALUE.test(value))
        .map(([key, value]) => `label ${key} of ${place} cannot be "${value}"`),
    ];
  });
}

/** A workload has to select the pods it makes. */
export function selectorFault(inputs: Inputs): string[] {
  const labels = textsAt(inputs, "spec.template.metadata.labels");
  const selector = Object.entries(textsAt(inputs, "spec.selector.matchLabels"));
  const isWorkload = valueAt(inputs, "spec.template") !== undefined;
  return isWorkload && selector.some(([key, value]) => labels[key] !== value)
    ? ["spec.selector does not match the labels of spec.template"]
    : [];
}

function textsAt(inputs: Inputs, path: string): Record<string, string> {
  // The names of labels hold dots, so a path can lead to all of them only.
  return (valueAt(inputs, path) ?? {}) as Record<string, string>;
}
