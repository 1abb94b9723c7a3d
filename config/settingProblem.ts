import type { Problem } from "../errors";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { settingsAsFile } from "./settingsFile";

/**
 * A problem of a setting that shows only after all settings were read, such as one of the workspace that it names. It is
 * at the setting's line, or at that of the nearest key around it that is written.
 *
 * @param key dotted path of the setting, with or without `mlscore:`; an item of a list by its name
 */
export function settingProblem(
  stack: string,
  key: string,
  message: string,
  severity: Problem["severity"] = "error",
): Problem {
  const file = settingsAsFile(stack, PROJECT_DIRECTORY, {});
  return { file: file.file, line: file.lineOf(key.split(".")), key, message, severity };
}
