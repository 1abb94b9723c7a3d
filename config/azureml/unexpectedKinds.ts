import path from "node:path";
import type { Report } from "./issues";
import { type Kind, kindOf, SCHEMA_NAMES } from "./kind";
import type { YamlFile } from "./yamlTree";

/** Says why a file of another kind is not read; true when it was meant as an endpoint or a deployment. */
export function reportUnexpectedKind(
  kind: Exclude<Kind, "endpoint" | "deployment" | "other">,
  report: Report,
): boolean {
  if (kind === "kubernetes") {
    report.error(
      [],
      "is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
    );
    return true;
  }
  if (kind === "unclear") {
    const schemas = `${SCHEMA_NAMES.endpoint} or ${SCHEMA_NAMES.deployment}`;
    // Under such a name it was meant as one, and leaving it out would deploy something else than what is there.
    const isMeant = /endpoint|deploy/i.test(path.basename(report.file));
    const message = `is left out: it can be recognised neither as an endpoint nor as a deployment; if it is one, add a $schema that ends in ${schemas}`;
    if (isMeant) report.error([], message);
    else report.warning([], message);
    return isMeant;
  }
  report.error(["$schema"], `is {value}; did you mean "…/${kind.misspelt}"?`);
  return true;
}

/** Whether a file that is read alone is of the kind it is read as; a file without a clear kind is taken at its word. */
export function isExpectedKind(
  yaml: YamlFile,
  expected: "endpoint" | "deployment",
  report: Report,
): boolean {
  const kind = kindOf(yaml.value);
  if (kind === expected || kind === "unclear") return true;
  if (kind === "kubernetes" || typeof kind === "object") reportUnexpectedKind(kind, report);
  else {
    const found = kind === "other" ? "something else" : `a managed online ${kind}`;
    report.error([], `is ${found}, not a managed online ${expected}`);
  }
  return false;
}
