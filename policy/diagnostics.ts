import { ofType, refersTo } from "./relations";
import type { PolicyResource } from "./rule";
import { at, items, textAt, UNKNOWN } from "./inputChecks";

/** Settings that send logs of this resource to a Log Analytics workspace. */
export function diagnosticsOf(
  resource: PolicyResource,
  resources: readonly PolicyResource[],
): PolicyResource[] {
  return ofType(resources, "azure-native:monitor:DiagnosticSetting").filter(
    (setting) =>
      refersTo(setting, "resourceUri", resource) &&
      // Which workspace, Azure's id tells, and may be unknown before the run.
      (setting.inputs["workspaceId"] === UNKNOWN || textAt(setting.inputs, "workspaceId")) &&
      logsOf(setting).length > 0,
  );
}

/** Categories and groups of categories that a setting sends. */
export function logsOf({ inputs }: PolicyResource): string[] {
  return items(inputs["logs"]).flatMap((log) => {
    const what = textAt(log, "category") ?? textAt(log, "categoryGroup");
    return at(log, "enabled") === true && what !== undefined ? [what] : [];
  });
}
