/**
 * The lines below `pip:` in a conda file: conda writes them into a requirements file of their own and hands that to pip.
 * Source: pip's documentation "Requirements File Format" (options, and that -e takes VCS addresses and -r addresses).
 */

/** Options that pip takes in a requirements file. */
const OPTIONS =
  /^(--index-url|-i|--extra-index-url|--find-links|-f|--no-index|--pre|--prefer-binary|--trusted-host|--only-binary|--no-binary|--require-hashes|--use-feature)([ =]|$)/;

/** Options whose value is a file or an address of one; `-e` takes addresses of version control alone (pip, "VCS Support"). */
const WITH_TARGET =
  /^(-r|-c|-e|-f|--requirement|--constraint|--editable|--find-links)(?:[ =]+|(?<=^-[rcef])(?=\S))/;

const NEEDS_FILE =
  "refers to a file; Azure gets the conda file as text, without files beside it, so write the requirements themselves into it";

/** Why a line cannot be installed from the text of a conda file alone; undefined when it can. */
export function pipLineProblem(line: string): string | undefined {
  const text = line.trim();
  if (/[\r\n]/.test(text)) return "has a line break";
  const [whole = "", option] = WITH_TARGET.exec(text) ?? [];
  if (option !== undefined) {
    const target = text.slice(whole.length);
    if (!isAddress(target)) return isFolderOfImage(option, target) ? undefined : NEEDS_FILE;
    const isEditable = option === "-e" || option === "--editable";
    return isEditable && !/^["']?(?:git|hg|svn|bzr)\+/i.test(target)
      ? "is editable, which pip takes of version control alone, such as git+https://…; leave -e out"
      : undefined;
  }
  if (text.startsWith("-")) {
    return OPTIONS.test(text)
      ? undefined
      : "is an option that pip does not take in a requirements file";
  }
  return isPath(text) ? NEEDS_FILE : undefined;
}

/** A folder with packages may be in the image that the environment is built on; its path is absolute. */
function isFolderOfImage(option: string, target: string): boolean {
  return /^(?:-f|--find-links)$/.test(option) && /^["']?\//.test(target);
}

/** `https://…`, `git+https://…`, `git+ssh://…`. */
function isAddress(target: string): boolean {
  return /^["']?[a-z][a-z0-9+.-]*:\/\//i.test(target) && !/^["']?file:/i.test(target);
}

/**
 * What pip takes for a path: it begins with a dot, has a separator in it, or ends as an archive does (pip,
 * `_internal/req/constructors.py`: `_looks_like_path`, `is_archive_file`).
 */
function isPath(requirement: string): boolean {
  // Without comment, marker and options of the one requirement.
  const [bare = ""] = requirement.split(/\s#|;|\s--/, 1);
  const at = bare.indexOf("@");
  const isNamed = at > 0 && /^[\w.-]+(?:\[[^\]]*\])?$/.test(bare.slice(0, at).trim());
  const address = (isNamed ? bare.slice(at + 1) : bare).trim();
  if (isAddress(address)) return false;
  const isArchive = /\.(?:whl|zip|tgz|tbz|txz|tlz|tar(?:\.(?:gz|bz2|xz|lz|lzma))?)$/i;
  return /^(?:[.~]|file:)|[/\\]/.test(address) || isArchive.test(address);
}

/**
 * Normalised as PyPI does it (PEP 503). Of an address, the name that its `#egg=` gives it or its wheel has (pip, "VCS
 * Support"; the file names of wheels, PEP 427).
 */
export function requirementName(line: string): string {
  const text = line.trim().replace(/^(?:-e|--editable)[ =]+/, "");
  const [, ofAddress] =
    /^["']?[a-z0-9+.-]+:\/\/\S*?(?:[#&]egg=|\/(?=[\w.]+-\d[^/]*\.whl))([\w.-]+?)(?=$|[&[\s"']|-\d[^/]*\.whl)/i.exec(
      text,
    ) ?? [];
  const name = ofAddress ?? /^[A-Za-z0-9._-]+/.exec(text)?.[0] ?? "";
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** The package that answers requests in Azure's inference images. */
export const INFERENCE_SERVER = "azureml-inference-server-http";

/** Whether a package is the inference server, or depends on it. */
export function bringsServer(requirement: string): boolean {
  return [INFERENCE_SERVER, "azureml-defaults"].includes(requirementName(requirement));
}
