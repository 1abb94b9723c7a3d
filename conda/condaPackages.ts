/**
 * Translates a conda file into requirements for pip, because neither npm nor pip can be relied on to have conda.
 *
 * Only packages that PyPI has with the same versions are translated; the rest is left out and named, so that nobody
 * is surprised by an import error. Azure builds the real environment with conda.
 */
import { z } from "zod";

import { compareVersions, parseMatchSpec } from "./matchSpec";
import { bringsServer, INFERENCE_SERVER, pipLineProblem, requirementName } from "./pipLine";
import { UserError } from "../errors";
import { parseYaml, type YamlData } from "../input/yaml";

export interface PipEnvironment {
  /** Desired Python in conda's notation, such as `>=3.9,<3.11`; missing when the file names none. */
  readonly python?: string;
  /** Line of the file that names it. */
  readonly pythonLine?: number;
  /** Lines of a requirements file, in the file's order. */
  readonly requirements: readonly string[];
  /** What was changed or left out, for the user. */
  readonly warnings: readonly string[];
}

const INFERENCE_SERVER_PIN = `${INFERENCE_SERVER}==1.5.1`;

/** conda name → PyPI name, where both carry the same version numbers. */
const SAME_VERSIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ["numpy", "scipy", "pandas", "scikit-learn", "joblib", "lightgbm", "xgboost", "catboost"],
      ["pyarrow", "polars", "onnxruntime", "onnx", "statsmodels", "tqdm", "pyyaml", "requests"],
      ["flask", "pydantic", "mlflow", "cloudpickle", "dill", "fsspec", "adlfs", "xarray", "dask"],
      ["numba", "cython", "pillow", "shap", "networkx", "nltk", "spacy", "transformers"],
      ["tensorflow", "keras", "torchvision", "torchaudio", "matplotlib", "seaborn", "plotly"],
      ["inference-schema", "azure-identity", "azure-storage-blob", "setuptools", "wheel"],
    ].flatMap((names) => names.map((name) => [name, name] as const)),
  ),
  pytorch: "torch",
  "matplotlib-base": "matplotlib",
  "pandas-base": "pandas",
  "py-xgboost": "xgboost",
  "xgboost-cpu": "xgboost",
  "dask-core": "dask",
  "mlflow-skinny": "mlflow-skinny",
};

const condaSchema = z.looseObject({
  dependencies: z
    .array(z.union([z.string(), z.looseObject({ pip: z.array(z.string()).optional() })]))
    .default([]),
});

/**
 * @param alsoRequired names of packages to add where the file has them not, for a script that is not the user's
 * @throws UserError with every dependency that is not understood, each with its line
 */
export function translateCondaFile(
  text: string,
  called = "conda file",
  alsoRequired: readonly string[] = [],
): PipEnvironment {
  const requirements: string[] = [];
  const warnings: string[] = [];
  const leftOut: string[] = [];
  const problems: string[] = [];
  let python: { python: string; pythonLine: number } | undefined;

  const { dependencies, lineOf } = parseFile(text, called);
  for (const [index, dependency] of dependencies.entries()) {
    const at = ["dependencies", index];
    if (typeof dependency !== "string") {
      for (const [place, each] of (dependency.pip ?? []).entries()) {
        const line = each.trim();
        const problem = pipLineProblem(line);
        if (problem !== undefined) {
          problems.push(`${called}:${lineOf([...at, "pip", place])}: "${line}" ${problem}`);
        } else if (line !== "" && !line.startsWith("#")) requirements.push(line);
      }
      continue;
    }
    const spec = parseMatchSpec(dependency);
    if ("problem" in spec) {
      problems.push(`${called}:${lineOf(at)}: "${dependency}" ${spec.problem}`);
      continue;
    }
    const { name, version } = spec;
    if (name === "pip") continue;
    if (name === "python") {
      if (version !== "") python = { python: version, pythonLine: lineOf(at) };
      continue;
    }
    const pipName = SAME_VERSIONS[name];
    if (pipName === undefined) leftOut.push(dependency);
    else {
      const taken = newestAlternative(version);
      requirements.push(`${pipName}${pipVersion(taken)}`);
      if (taken !== version) {
        warnings.push(
          `of ${dependency}, ${pipName}${pipVersion(taken)} is installed here: pip has no "or"`,
        );
      }
    }
  }
  if (problems.length > 0) throw new UserError(problems.join("\n"));

  if (leftOut.length > 0) {
    warnings.push(
      `left out, because they are only in conda or have other versions on PyPI: ${leftOut.join(", ")}; ` +
        "list the ones that the scoring script needs under pip",
    );
  }
  const names = new Set(requirements.map(requirementName));
  requirements.push(...alsoRequired.filter((name) => !names.has(name)));
  if (!requirements.some(bringsServer)) {
    requirements.push(INFERENCE_SERVER_PIN);
    // Nobody expects it in the environment of a script that is not the user's.
    if (alsoRequired.length === 0) {
      warnings.push(
        `${INFERENCE_SERVER_PIN} added on this machine, because the conda file does not have it`,
      );
    }
  }
  return { ...python, requirements, warnings };
}

/** Of `1.2|1.3.*`, the one with the highest number. */
function newestAlternative(version: string): string {
  const number = (alternative: string) => /\d[\d.]*/.exec(alternative)?.[0] ?? "0";
  const [newest = ""] = version
    .split("|")
    .toSorted((one, other) => compareVersions(number(other), number(one)));
  return newest;
}

function parseFile(
  text: string,
  called: string,
): z.infer<typeof condaSchema> & Pick<YamlData, "lineOf"> {
  const { yaml, problems } = parseYaml(text, { version: "1.2" });
  const [problem] = problems;
  if (problem !== undefined) {
    const place = problem.line === undefined ? called : `${called}:${problem.line}`;
    throw new UserError(`${place}: ${problem.message}`);
  }
  const result = condaSchema.safeParse(yaml?.value ?? {});
  if (result.success) return { ...result.data, lineOf: (key) => yaml?.lineOf(key) ?? 1 };
  throw new UserError(`${called}: is not understood: ${z.prettifyError(result.error)}`);
}

function pipVersion(version: string): string {
  if (version === "" || version === "*") return "";
  if (/^[<>!~]|,/.test(version)) return version.replaceAll(" ", "");
  const exact = version.startsWith("==");
  const [number = ""] = version.replace(/^=+/, "").trim().split(/[= ]/, 1);
  if (exact || number.includes("*")) return `==${number}`;
  // One "=" is a prefix in conda: 1.2 also takes 1.2.9. With three parts it is meant, and taken, as the version.
  return number.split(".").length >= 3 ? `==${number}` : `==${number}.*`;
}
