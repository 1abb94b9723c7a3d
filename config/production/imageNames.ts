import { text } from "../azureml/yamlValues";

/**
 * Names of images, `[host[:port]/]path@sha256:…` (distribution/reference, the grammar that Docker and containerd read them
 * by). A tag beside the digest would only mislead.
 */

/** Of the name without its digest (distribution/reference, NameTotalLengthMax). */
const LONGEST_NAME = 255;

const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;

/** RFC 1123: labels of up to 63 letters, digits and dashes. */
const HOST =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

const FORM = "name@sha256:…";

/** An image that can only ever be the same bytes. */
export const imageDigest = text(`an image with its digest, ${FORM}`).superRefine(
  (image, context) => {
    const message = digestProblem(image);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  },
);

/** Host (with its port) of the registry that an image's name begins with; undefined where it names none. */
export function hostOf(image: string): string | undefined {
  const [name = ""] = image.split("@");
  const [first = "", ...path] = name.split("/");
  // What is no host is the beginning of a path: the rule of distribution/reference.
  return path.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : undefined;
}

/** `sha256:…` of an image's name; undefined where it has none. */
export function digestOf(image: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
}

export function isHostName(host: string): boolean {
  return HOST.test(host);
}

function digestProblem(image: string): string | undefined {
  const [name = "", digest, ...more] = image.split("@");
  // The value is not shown: what stands before an @ may be a password.
  if (more.length > 0 || name.includes("://") || digest?.startsWith("sha256:") === false) {
    return `must be ${FORM}: no scheme, no user name or password, and nothing after the @ but the digest`;
  }
  const tag = /:([^:/]*)$/.exec(name)?.[1];
  if (digest === undefined) {
    const why = tag === undefined ? "which names no digest" : `and the tag "${tag}" can be moved`;
    return `is {value}, ${why}; write ${tag === undefined ? name : name.slice(0, -tag.length - 1)}@sha256:…`;
  }
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    return "is {value}; after the @ comes sha256: and 64 lower-case hex digits";
  }
  if (tag !== undefined) return "is {value}; leave the tag out, the digest alone says what runs";
  return nameProblem(name);
}

/** Why a name without tag and digest is none; `{value}` stands for the whole image. */
export function nameProblem(
  name: string,
  wanted = `an image with its digest, ${FORM}`,
): string | undefined {
  const host = hostOf(name);
  if (name.length > LONGEST_NAME)
    return `has a name of ${name.length} characters; at most ${LONGEST_NAME}`;
  const [hostName = "", port, ...more] = host?.split(":") ?? [];
  if (host !== undefined && (more.length > 0 || !isHostName(hostName))) {
    return `is {value}; "${host}" is not a host name in lower case`;
  }
  if (port !== undefined && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535)) {
    return `is {value}; "${port}" is not a port, 1 to 65535`;
  }
  const path = host === undefined ? name : name.slice(host.length + 1);
  return PATH.test(path) ? undefined : `is {value}; must be ${wanted}, in lower case`;
}
