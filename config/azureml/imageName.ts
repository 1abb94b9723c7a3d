import { hostOf, nameProblem } from "../production/imageNames";

/**
 * Why a text is no image, `[host[:port]/]path[:tag][@sha256:…]` (distribution/reference, the grammar that Docker and
 * containerd read images by); `{value}` stands for the text.
 */
export function imageProblem(image: string): string | undefined {
  if (/["'`]/.test(image)) return "is {value}, with quotes in the name itself; leave them out";
  if (/\s/.test(image) || image.includes("://")) {
    return "is {value}; must be an image such as registry.example.com/team/image:1.2, without https:// or spaces";
  }
  const [name = "", digest, ...more] = image.split("@");
  if (more.length > 0 || (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))) {
    return "is {value}; after the @ comes sha256: and 64 lower-case hex digits, and nothing else";
  }
  const [last = "", tag, ...tags] = name.slice(name.lastIndexOf("/") + 1).split(":");
  if (tags.length > 0) return "is {value}, which has two tags; keep one";
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) {
    return "is {value}; a tag has up to 128 letters, digits, _ . and -, and begins with none of the last two";
  }
  const whole = name.slice(0, name.lastIndexOf("/") + 1) + last;
  return nameProblem(whole, "an image such as registry.example.com/team/image:1.2");
}

/**
 * The Azure container registry an image is in, without its port: private, so that Azure asks for a right to pull from it.
 * The suffixes are those of Azure's clouds (`az cloud list`, acrLoginServerEndpoint).
 */
export function privateRegistryOf(image: string): string | undefined {
  const [host = ""] = hostOf(image)?.split(":") ?? [];
  return /\.azurecr\.(?:io|cn|us)$/.test(host) ? host : undefined;
}
