/**
 * The lines below `pip:` in a conda file: conda writes them into a requirements file of their own and hands that to pip.
 * Source: pip's documentation "Requirements File Format" (options, and that -e takes VCS addresses and -r addresses).
 */

/** Options that pip takes in a requirements file. */
const OPTIONS =
  /^(--index-url|-i|--extra-index-url|--find-links|-f|--no-index|--pre|--prefer-binary|--trusted-host|--only-binary|--no-binary|--require-hashes|--use-feature)([ =]|$)/;

/** Why a line cannot be installed from the text of a conda file alone; undefined when it can. */
export function pipLineProblem(line: string): string | undefined {
  const text = line.trim();
  if (/[\r\n]/.test(text)) return "has a line break";
  const [option] = /^(?:-r|-c|-e|--requirement|--constraint|--editable)[ =]*/.exec(text) ?? [];
  const target = option === undefined ? undefined : text.slice(option.length);
  if (
    target !== undefined ? !isAddress(target) : /^\.{0,2}\/|^\.{1,2}$|^file:|@ *file:/.test(text)
  ) {
    return "refers to a file; Azure gets the conda file as text, without files beside it, so write the requirements themselves into it";
  }
  if (target === undefined && text.startsWith("-") && !OPTIONS.test(text)) {
    return "is an option that pip does not take in a requirements file";
  }
  return undefined;
}

/** `https://…`, `git+https://…`, `git+ssh://…`. */
function isAddress(target: string): boolean {
  return /^["']?[a-z][a-z0-9+.-]*:\/\//i.test(target) && !/^["']?file:/i.test(target);
}

/** Normalised as PyPI does it (PEP 503). */
export function requirementName(line: string): string {
  const name = /^[A-Za-z0-9._-]+/.exec(line.trim())?.[0] ?? "";
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** The package that answers requests in Azure's inference images. */
export const INFERENCE_SERVER = "azureml-inference-server-http";

/** Whether a package is the inference server, or depends on it. */
export function bringsServer(requirement: string): boolean {
  return [INFERENCE_SERVER, "azureml-defaults"].includes(requirementName(requirement));
}
