import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIRECTORY } from "../../projectDirectory";
import { editYaml } from "../yamlEdit";

/** What the demonstration works on: a copy of the example endpoint's files, and a state folder of its own. */
export interface Scratch {
  readonly directory: string;
  /** For MLSCORE_STATE. */
  readonly state: string;
  /** Folder with the copy of the endpoint's YAML. */
  readonly endpoint: string;
  remove(): void;
}

export const OLD = "multi-model";
export const NEW = "compact";

/** Takes part in nothing: it needs Java. */
const THIRD = "multi-model-spark";
const EXAMPLE = "flash-flood-predictor";
/** What the endpoint's YAML refers to, relative to itself. */
const FOLDERS = [EXAMPLE, "models", "src", "environment"];

/** The example with two deployments of as many instances each, of which the old one has all requests. */
export async function makeScratch(): Promise<Scratch> {
  const directory = mkdtempSync(join(tmpdir(), "mlscore-demo-"));
  const remove = () => {
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    for (const folder of FOLDERS) {
      const copy = join(directory, "scoring", folder);
      cpSync(join(PROJECT_DIRECTORY, "scoring", folder), copy, { recursive: true });
    }
    const endpoint = join(directory, "scoring", EXAMPLE);
    rmSync(join(endpoint, `${THIRD}.yml`));
    await editYaml(join(endpoint, "endpoint.yml"), [
      { path: ["traffic", OLD], value: 100 },
      { path: ["traffic", NEW], value: 0 },
      { path: ["traffic", THIRD], value: undefined },
    ]);
    for (const name of [OLD, NEW]) {
      await editYaml(join(endpoint, `${name}.yml`), [{ path: ["instance_count"], value: 2 }]);
    }
    return { directory, state: join(directory, "state"), endpoint, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
