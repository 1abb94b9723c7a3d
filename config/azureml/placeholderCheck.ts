import type { Report } from "./issues";
import { placeholderIn, placeholderInVariable, placeholderMessage } from "./placeholders";
import { secretName } from "../../secrets/names";
import type { YamlFile } from "./yamlTree";

/** Reports every text in the file that is still to be filled in; descriptions and tags may hold anything. */
export function reportPlaceholders(
  yaml: YamlFile,
  what: "endpoint" | "deployment",
  report: Report,
): void {
  for (const { key, text } of yaml.texts) {
    const isFree = ["description", "tags", "properties", "$schema"].some((part) =>
      key.includes(part),
    );
    if (isFree) continue;
    if (key[0] !== "environment_variables") {
      const placeholder = placeholderIn(text);
      if (placeholder !== undefined)
        report.error(key, placeholderMessage(placeholder, text, key, what));
      continue;
    }
    const found = placeholderInVariable(text);
    if (found === undefined) continue;
    const shown =
      secretName(String(key[1])) !== undefined && !found.certain ? "its value" : `"${found.found}"`;
    if (found.certain)
      report.error(key, `${shown} is a placeholder; put the variable's value here`);
    else report.warning(key, `${shown} looks like a placeholder; the container gets it as it is`);
  }
}
