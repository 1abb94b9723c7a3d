import { z } from "zod";
import { oneOf } from "../fields";
import { gitSource } from "./gitSource";
import { imageDigest } from "./imageNames";
import type { ImageSource } from "./productionTypes";

/** What the settings say; how an image is built follows from the deployment. */
export type ImageSettings =
  | Extract<ImageSource, { kind: "digest" }>
  | Omit<Extract<ImageSource, { kind: "docker" }>, "build">
  | Omit<Extract<ImageSource, { kind: "agentPool" }>, "build">;

export const image = z
  .strictObject({
    digest: imageDigest.optional(),
    build: oneOf(["docker", "agentPool"]).optional(),
    source: gitSource.optional(),
    baseImage: imageDigest.optional(),
  })
  .transform((settings, context): ImageSettings => {
    const { digest, build, baseImage } = settings;
    const problem = (path: string[], message: string) => {
      context.addIssue({ code: "custom", path, message });
      return z.NEVER;
    };
    if (digest !== undefined) {
      for (const key of ["build", "source", "baseImage"] as const) {
        if (settings[key] === undefined) continue;
        problem(
          [key],
          "is for an image that is built, and digest names one that exists; keep one of the two",
        );
      }
      return { kind: "digest", reference: digest };
    }
    const base = baseImage === undefined ? {} : { baseImage };
    if (build === "docker") {
      if (settings.source === undefined) return { kind: "docker", ...base };
      return problem(
        ["source"],
        "is for build: agentPool; docker builds from the folder scoring/ of this project",
      );
    }
    if (build === undefined)
      return problem([], "has neither digest (name@sha256:…) nor build (docker or agentPool)");
    if (settings.source !== undefined)
      return { kind: "agentPool", source: settings.source, ...base };
    return problem(
      ["source"],
      "is missing; an agent pool builds from a commit, https://…/name.git#<commit>:<folder>",
    );
  });
