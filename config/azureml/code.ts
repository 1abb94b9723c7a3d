import type { CodeConfiguration } from "../types";
import type { AssetReader } from "./assetReader";
import type { DeploymentYaml } from "./deploymentSchema";
import type { Report } from "./issues";
import { assetContent, findPath } from "./localAsset";
import { assetName, contentVersion } from "./names";
import { didYouMean } from "./nearest";
import { isReference, parseReference } from "./references";
import type { YamlFile } from "./yamlTree";

const AT = ["code_configuration", "code"];
const SCRIPT_AT = ["code_configuration", "scoring_script"];

/** The scoring code: a folder on this machine with the script in it, or a registered code asset. */
export async function codeConfiguration(
  settings: NonNullable<DeploymentYaml["code_configuration"]>,
  owner: {
    readonly endpoint?: string;
    readonly deployment: string;
    readonly assets: AssetReader;
  },
  yaml: YamlFile,
  report: Report,
): Promise<CodeConfiguration | undefined> {
  const scoringScript = settings.scoring_script.replace(/^\.\//, "");
  if (report.hasError(AT)) return undefined;
  if (isReference(settings.code)) {
    const code = parseReference(settings.code, "code");
    if (!("problem" in code)) return { code, scoringScript };
    report.error(AT, code.problem);
    return undefined;
  }
  const found = await findPath(
    settings.code,
    AT,
    { what: "code folder", shapes: ["folder"] },
    yaml,
    report,
  );
  if (found === undefined) return undefined;
  const content = await assetContent(found, AT, false, report, owner.assets);
  if (content === undefined) return undefined;
  const names = content.files.map((file) => file.path);
  if (!names.includes(scoringScript) && !report.hasError(SCRIPT_AT)) {
    report.error(SCRIPT_AT, scriptProblem(scoringScript, names));
    return undefined;
  }
  const name = assetName(owner.endpoint, owner.deployment, "code");
  const version = contentVersion(content.contentHash);
  return { code: { kind: "local", name, version, shape: "folder", ...content }, scoringScript };
}

function scriptProblem(script: string, names: readonly string[]): string {
  if (script.startsWith("/") || script.split("/").includes("..")) {
    return "is {value}; must be a path below the code folder";
  }
  // The usual slip: a path that begins with the code folder's name again.
  const inside = names.find((name) => script.endsWith(`/${name}`));
  if (inside !== undefined) {
    return `is {value}, which is not in the code folder; the path begins below that folder, so write "${inside}"`;
  }
  return `is {value}, which is not among the files of the code folder${didYouMean(script, names)}`;
}
