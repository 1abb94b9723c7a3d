import { text } from "../azureml/yamlValues";
import { isHostName } from "./imageNames";

const FORM = "https://host/name.git#<commit, 40 hex digits>:<folder>";

/** `https://host/repository.git#<commit>:<folder>`, the context of a build task (Container Registry, "ACR Tasks"). */
export const gitSource = text(
  "a commit of a git repository, https://…/name.git#<commit>:<folder>",
).superRefine((source, context) => {
  const message = sourceProblem(source);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** The value is shown only once nothing in it can be a secret. */
function sourceProblem(source: string): string | undefined {
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url?.username || url?.password || /^[^/]*\/\/[^/?#]*@/.test(source)) {
    return "has a user name or a token in its address; take it out, and give the registry's task its own credential";
  }
  if (url === undefined || !source.startsWith("https://")) return `must have the form ${FORM}`;
  // The task's shell and the registry read what is left, so nothing that means something to them.
  if (!/^[\w.~%:/#-]+$/.test(source)) {
    return `has a query, a blank or another character than letters, digits and -_.~%; must have the form ${FORM}`;
  }
  const [address = "", place = "", ...more] = source.split("#");
  const [host = "", ...path] = address.slice("https://".length).split("/");
  const [hostName = "", port] = host.split(":");
  // `URL` takes much for a host and mends it, such as https:///name.git.
  if (!isHostName(hostName.toLowerCase()) || (port !== undefined && url.port !== port)) {
    return `is {value}; "${host}" is not a host name`;
  }
  if (
    path.length === 0 ||
    path.some(isUnexpected) ||
    address.slice("https://".length + host.length).includes(":")
  ) {
    return `is {value}; "/${path.join("/")}" is not the path of a repository`;
  }
  return more.length > 0 ? `is {value}; must have the form ${FORM}` : placeProblem(place);
}

function placeProblem(place: string): string | undefined {
  const [commit = "", folder = "", ...more] = place.split(":");
  if (commit === "") return `is {value}, without a commit; must have the form ${FORM}`;
  if (!/^[0-9a-f]{40}$/.test(commit)) {
    return `is {value}; "${commit}" can move, write the commit with its 40 hex digits`;
  }
  if (folder === "") {
    return `is {value}, without the folder that has the Dockerfile; must have the form ${FORM}`;
  }
  return more.length > 0 || folder.split("/").some(isUnexpected)
    ? `is {value}; "${[folder, ...more].join(":")}" is not a folder of the repository`
    : undefined;
}

/** Parts of a path that are empty or lead elsewhere, however they are written. */
function isUnexpected(part: string): boolean {
  return ["", ".", ".."].includes(part.replaceAll(/%2e/gi, ".")) || /%2f/i.test(part);
}
