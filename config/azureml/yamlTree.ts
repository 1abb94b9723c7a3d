import type { YamlData } from "../../input/yaml";

export type { KeyPath } from "../../input/yaml";

/** A YAML file that could be parsed, with the places of its values. */
export interface YamlFile extends YamlData {
  /** As the user would type it; what problems name. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
}
