import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { pack, TARBALL } from "./pack";

/** What was written, below the folder that was asked for. */
export interface Packed {
  /** The package by itself. */
  readonly tarball: string;
  /** The template of `pulumi new`, with the package in it. */
  readonly template: string;
}

/**
 * Writes the package, and the template with a copy of it: `pulumi new` copies both into the new project, whose package.json
 * names the copy.
 */
export function packWithTemplate(folder: string): Packed {
  const template = join(folder, "template");
  const tarball = join(folder, TARBALL);
  mkdirSync(folder, { recursive: true });
  pack(folder);
  cpSync(join(PROJECT_DIRECTORY, "template"), template, { recursive: true });
  cpSync(tarball, join(template, TARBALL));
  return { tarball, template };
}
