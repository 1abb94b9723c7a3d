import { z } from "zod";
import { text } from "../azureml/values";
import { oneOf } from "../fields";
import type { ImageSource } from "./types";

/** Image of a registry with or without its host; a tag beside the digest would only mislead. */
const DIGEST =
  /^(?:[a-z0-9][a-z0-9.-]*(?::\d{1,5})?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*@sha256:[0-9a-f]{64}$/;

/** An image that can only ever be the same bytes. */
export const imageDigest = text("an image with its digest, name@sha256:…").superRefine(
  (image, context) => {
    const message = digestFault(image);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  },
);

function digestFault(image: string): string | undefined {
  if (DIGEST.test(image)) return undefined;
  const [name = "", digest] = image.split("@");
  const tag = /:([^:/]*)$/.exec(name)?.[1];
  if (digest === undefined) {
    const why = tag === undefined ? "which names no digest" : `and the tag "${tag}" can be moved`;
    return `is {value}, ${why}; write ${tag === undefined ? name : name.slice(0, -tag.length - 1)}@sha256:…`;
  }
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    return "is {value}; after the @ comes sha256: and 64 lower-case hex digits";
  }
  if (tag !== undefined) return "is {value}; leave the tag out, the digest alone says what runs";
  return "is {value}; must be an image with its digest, name@sha256:…, in lower case";
}

/** `https://host/repository.git#<commit>:<folder>`, the context of a build task (Container Registry, "ACR Tasks"). */
const source = text(
  "a commit of a git repository, https://…/name.git#<commit>:<folder>",
).superRefine((written, context) => {
  const message = sourceFault(written);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

function sourceFault(written: string): string | undefined {
  const form = "https://host/name.git#<commit, 40 hex digits>:<folder>";
  const match = /^https:\/\/([^\s#]+?)(?:#([^\s:]*)(?::(\S*))?)?$/.exec(written);
  if (!match) return `must have the form ${form}`;
  const [, place = "", commit = "", folder = ""] = match;
  // The value is not shown: it may be a secret.
  if (place.split("/")[0]?.includes("@") === true) {
    return `has a user name or a token in its address; take it out, and give the registry's task its own credential`;
  }
  if (commit === "") return `is {value}, without a commit; must have the form ${form}`;
  if (!/^[0-9a-f]{40}$/.test(commit)) {
    return `is {value}; "${commit}" can move, write the commit with its 40 hex digits`;
  }
  return folder === ""
    ? `is {value}, without the folder that has the Dockerfile; must have the form ${form}`
    : undefined;
}

/** What the settings say; how an image is built follows from the deployment. */
export type WrittenImage =
  | Extract<ImageSource, { kind: "digest" }>
  | Omit<Extract<ImageSource, { kind: "docker" }>, "build">
  | Omit<Extract<ImageSource, { kind: "agentPool" }>, "build">;

export const image = z
  .strictObject({
    digest: imageDigest.optional(),
    build: oneOf(["docker", "agentPool"]).optional(),
    source: source.optional(),
    baseImage: imageDigest.optional(),
  })
  .transform((written, context): WrittenImage => {
    const { digest, build, baseImage } = written;
    const problem = (path: string[], message: string) => {
      context.addIssue({ code: "custom", path, message });
      return z.NEVER;
    };
    if (digest !== undefined) {
      for (const key of ["build", "source", "baseImage"] as const) {
        if (written[key] === undefined) continue;
        problem(
          [key],
          "is for an image that is built, and digest names one that exists; keep one of the two",
        );
      }
      return { kind: "digest", reference: digest };
    }
    const base = baseImage === undefined ? {} : { baseImage };
    if (build === "docker") {
      if (written.source === undefined) return { kind: "docker", ...base };
      return problem(
        ["source"],
        "is for build: agentPool; docker builds from the folder scoring/ of this project",
      );
    }
    if (build === undefined)
      return problem([], "has neither digest (name@sha256:…) nor build (docker or agentPool)");
    if (written.source !== undefined) return { kind: "agentPool", source: written.source, ...base };
    return problem(
      ["source"],
      "is missing; an agent pool builds from a commit, https://…/name.git#<commit>:<folder>",
    );
  });
