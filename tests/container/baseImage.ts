import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v4 as uuid } from "uuid";
import type { Docker } from "./docker";

/**
 * The base image of the container tests. In this order: MLSCORE_BASE_IMAGE; the one that scoring/Dockerfile names,
 * where the engine has it; one made here with debootstrap, for engines that reach no public registry; else the one
 * that scoring/Dockerfile names, which the engine then pulls.
 */
export interface BaseImage {
  /** Undefined: what scoring/Dockerfile names. */
  readonly name: string | undefined;
  /** Removes what was made. */
  remove(): void;
}

/** The Debian release whose `python3` is 3.11. */
const SUITE = "bookworm";

export function baseImage(docker: Docker, dockerfile: string): BaseImage {
  const keep = () => undefined;
  const given = process.env["MLSCORE_BASE_IMAGE"];
  if (given) return { name: given, remove: keep };
  const named = /^ARG BASE_IMAGE=(\S+)$/m.exec(readFileSync(dockerfile, "utf8"))?.[1] ?? "";
  if (docker.attempt("image", "inspect", named).status === 0 || !canBootstrap()) {
    return { name: undefined, remove: keep };
  }
  // One for each suite: they run side by side, and each removes its own.
  const built = `mlscore-container-tests/base-${uuid()}:${SUITE}`;
  bootstrap(docker, built);
  return { name: built, remove: () => void docker.attempt("image", "rm", "--force", built) };
}

function canBootstrap(): boolean {
  return process.getuid?.() === 0 && spawnSync("debootstrap", ["--version"]).status === 0;
}

function bootstrap(docker: Docker, name: string): void {
  process.stderr.write("Making a base image with debootstrap …\n");
  const directory = mkdtempSync(join(tmpdir(), "mlscore-base-"));
  try {
    const root = join(directory, "root");
    const packages = "--include=python3,python3-venv,ca-certificates";
    command("debootstrap", "--variant=minbase", packages, SUITE, root, mirror());
    for (const waste of ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man"]) {
      rmSync(join(root, waste), { recursive: true, force: true });
    }
    const archive = join(directory, "root.tar");
    command("tar", "--numeric-owner", "--sort=name", "-C", root, "-cf", archive, ".");
    docker.run("import", archive, name);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The mirror that this machine's apt uses. */
function mirror(): string {
  const targets = command("apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)");
  const found = new RegExp(`^${SUITE} (\\S+)$`, "m").exec(targets)?.[1];
  if (found !== undefined) return found;
  throw new Error(`apt has no source for ${SUITE}; set MLSCORE_BASE_IMAGE instead.`);
}

function command(name: string, ...args: string[]): string {
  const done = spawnSync(name, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (done.status === 0) return done.stdout;
  throw new Error(`${name} ${args.join(" ")}\n${done.stdout}${done.stderr}`);
}
