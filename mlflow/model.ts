import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors";
import { MOST_BYTES, readTextIfThere, readUserFile } from "../input/userFile";
import { parseYaml } from "../input/yaml";

/** The environment that an MLflow model asks for itself. */
export interface MlflowEnvironment {
  /** Text of a conda file. */
  readonly condaFile: string;
  /** File of the model that it is from, below the model's folder. */
  readonly path: string;
}

/**
 * What is read of an MLmodel file. `env` is the name of a conda file, and since MLflow 2 also one of a Python environment
 * beside it (MLflow's documentation "MLflow Models", section "Additional Logged Files").
 */
const schema = z.looseObject({
  flavors: z.looseObject({
    python_function: z.looseObject({
      env: z
        .union([
          z.string(),
          z.looseObject({ conda: z.string().optional(), virtualenv: z.string().optional() }),
        ])
        .optional(),
      python_version: z.union([z.string(), z.number()]).optional(),
    }),
  }),
});

const pythonEnvSchema = z.looseObject({ python: z.union([z.string(), z.number()]).optional() });

export function isMlflowModel(folder: string): boolean {
  return existsSync(join(folder, "MLmodel"));
}

/**
 * Azure reads the conda dependencies of the model (how-to-deploy-mlflow-models, "Packages and dependencies"); where a model
 * has no conda file, its requirements.txt with the Python of its python_env.yaml or MLmodel takes that place here.
 *
 * @throws UserError when the model has no pyfunc flavor, which alone is served without code, or no environment
 */
export function mlflowEnvironment(folder: string): MlflowEnvironment {
  const file = join(folder, "MLmodel");
  const model = schema.safeParse(yamlOf(readUserFile(file, MOST_BYTES.document).toString(), file));
  if (!model.success) {
    throw new UserError(
      `${file}: has no flavor python_function, the only one that is served without a scoring script`,
    );
  }
  const { env, python_version: version } = model.data.flavors.python_function;
  const { conda, virtualenv = "python_env.yaml" } = typeof env === "object" ? env : { conda: env };
  for (const path of [conda, "conda.yaml"].filter((one) => one !== undefined)) {
    const condaFile = readTextIfThere(join(folder, path), MOST_BYTES.text);
    if (condaFile !== undefined) return { condaFile, path };
  }
  const path = "requirements.txt";
  const requirements = readTextIfThere(join(folder, path), MOST_BYTES.text);
  if (requirements === undefined) {
    throw new UserError(
      `${file}: the model has neither conda.yaml nor requirements.txt, so its packages are not known`,
    );
  }
  const python = pythonOf(join(folder, virtualenv)) ?? version;
  const lines = requirements.split("\n").map((line) => line.trim());
  const pip = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const dependencies = [...(python === undefined ? [] : [`python=${python}`]), { pip }];
  return { condaFile: JSON.stringify({ dependencies }), path };
}

function pythonOf(file: string): string | number | undefined {
  const text = readTextIfThere(file, MOST_BYTES.text);
  if (text === undefined) return undefined;
  const read = pythonEnvSchema.safeParse(yamlOf(text, file));
  return read.success ? read.data.python : undefined;
}

function yamlOf(text: string, file: string): unknown {
  // Of YAML 1.2, in which a version such as 3.10 written without quotes would lose its zero in the same way.
  const { yaml, problems } = parseYaml(text, { version: "1.2" });
  const [problem] = problems;
  if (problem === undefined) return yaml?.value;
  throw new UserError(
    `${file}${problem.line === undefined ? "" : `:${problem.line}`}: ${problem.message}`,
  );
}
