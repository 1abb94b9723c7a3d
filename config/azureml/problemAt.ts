import type { Problem } from "../../errors";
import { readYamlFile } from "./yamlFile";
import type { KeyPath } from "./yamlTree";

/** A problem of a file that could be read before, found later, with the line of its key. */
export function problemAt(
  file: string,
  key: KeyPath,
  message: string,
  severity: Problem["severity"] = "error",
): Problem {
  const line = readYamlFile(file).yaml?.lineOf(key);
  const place = { file, ...(line === undefined ? {} : { line }), key: key.map(String).join(".") };
  return { ...place, message, severity };
}
