/**
 * Translates a conda file into requirements for pip, because neither npm nor pip can be relied on to have conda.
 *
 * Only packages that PyPI has with the same versions are translated; the rest is left out and named, so that nobody
 * is surprised by an import error. Azure builds the real environment with conda.
 */
import { z } from "zod";

import { UserError } from "../../errors";
import { parseYaml } from "../../input/yaml";

export interface PipEnvironment {
  /** Desired Python as "3.11", missing when the file names none. */
  readonly python?: string;
  /** Lines of a requirements file, in the file's order. */
  readonly requirements: readonly string[];
  /** What was changed or left out, for the user. */
  readonly warnings: readonly string[];
}

/** Added when the file does not bring the server; Azure's curated inference images have it. */
export const INFERENCE_SERVER = "azureml-inference-server-http";
const INFERENCE_SERVER_PIN = `${INFERENCE_SERVER}==1.5.1`;
/** Packages that depend on the server. */
const BRINGS_SERVER = new Set([INFERENCE_SERVER, "azureml-defaults"]);

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

/** pip options that work the same in a requirements file made from the text alone. */
const ALLOWED_OPTIONS =
  /^(--index-url|-i|--extra-index-url|--find-links|-f|--no-index|--pre|--prefer-binary|--trusted-host|--only-binary|--no-binary)([ =]|$)/;

const condaSchema = z.looseObject({
  dependencies: z
    .array(z.union([z.string(), z.looseObject({ pip: z.array(z.string()).optional() })]))
    .default([]),
});

export function translateCondaFile(text: string): PipEnvironment {
  const requirements: string[] = [];
  const warnings: string[] = [];
  const leftOut: string[] = [];
  let python: string | undefined;

  for (const dependency of parseFile(text).dependencies) {
    if (typeof dependency !== "string") {
      requirements.push(...(dependency.pip ?? []).flatMap(checkedPipLine));
      continue;
    }
    const { name, version } = splitSpec(dependency);
    if (name === "pip") continue;
    if (name === "python") {
      python = /(?<!\d)\d+\.\d+/.exec(version)?.[0];
      continue;
    }
    const pipName = SAME_VERSIONS[name];
    if (pipName === undefined) leftOut.push(dependency);
    else requirements.push(`${pipName}${pipVersion(version)}`);
  }

  if (leftOut.length > 0) {
    warnings.push(
      `left out, because only conda has them or their versions differ on PyPI: ${leftOut.join(", ")}; ` +
        "what the scoring script needs of them can be listed under pip",
    );
  }
  if (!requirements.some((line) => BRINGS_SERVER.has(requirementName(line)))) {
    requirements.push(INFERENCE_SERVER_PIN);
    warnings.push(`${INFERENCE_SERVER_PIN} added, as Azure's inference images bring it`);
  }
  return { ...(python !== undefined && { python }), requirements, warnings };
}

function parseFile(text: string): z.infer<typeof condaSchema> {
  const { yaml, problems } = parseYaml(text, { version: "1.2" });
  const [problem] = problems;
  if (problem !== undefined) {
    const line = problem.line === undefined ? "" : `, at line ${problem.line},`;
    throw new UserError(`the conda file${line} ${problem.message}`);
  }
  const result = condaSchema.safeParse(yaml?.value ?? {});
  if (result.success) return result.data;
  throw new UserError(`the conda file is not understood: ${z.prettifyError(result.error)}`);
}

/**
 * `channel::name=1.2=build`, `name==1.2`, `name >=1,<2` and `name[version='>=1']` in conda's match-spec notation.
 * The build string says which binary, which pip chooses by itself.
 */
function splitSpec(spec: string): { name: string; version: string } {
  const bare = spec.trim().replace(/^.*::/, "");
  const name = /^[\w.-]+/.exec(bare)?.[0] ?? bare;
  const rest = bare.slice(name.length).trim();
  const isBracket = rest.startsWith("[") && rest.endsWith("]");
  const version = isBracket ? (/version=['"]?([^'"\]]+)/.exec(rest)?.[1] ?? "") : rest;
  return { name: name.toLowerCase(), version: version.trim() };
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

function checkedPipLine(line: string): string[] {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return [];
  if (/[\r\n]/.test(text)) throw new UserError(`a pip requirement has a line break: ${text}`);
  const file = /^(-r|--requirement|-c|--constraint)/.test(text);
  const local = /^(-e|--editable)|^\.{0,2}\/|^file:|@ *file:/.test(text);
  if (file || local) {
    throw new UserError(
      `the pip requirement "${text}" refers to a file; Azure gets the conda file as text, without files beside it, ` +
        "so write the requirements themselves into it",
    );
  }
  if (text.startsWith("-") && !ALLOWED_OPTIONS.test(text)) {
    throw new UserError(`the pip option "${text}" is not understood in a conda file`);
  }
  return [text];
}

/** Normalised as PyPI does it (PEP 503). */
function requirementName(line: string): string {
  const name = /^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? "";
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
