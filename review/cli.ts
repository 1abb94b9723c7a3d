import { join, resolve } from "node:path";
import { Command } from "commander";
import { UserError } from "../errors";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { runCommand } from "../command";
import { writeFolder } from "../render/outputFolder";
import { evaluatedTrees } from "./trees";
import { print } from "../output";

interface ReviewOptions {
  readonly base?: string;
  readonly preview?: readonly string[];
  readonly out?: string;
  readonly currentState?: string;
}

const command = new Command("npm run review --")
  .description("Writes what a change would do, for reviewers: review.md and review.html.")
  .option("--base <reference>", "compare the working tree with this commit, with no cloud")
  .option(
    "--preview <files...>",
    "read what `pulumi preview --json` printed, a file for each stack",
  )
  .option("--out <dir>", "folder to write review.md and review.html to")
  .option(
    "--current-state <file>",
    "writes the current state into a document, and compares nothing",
  )
  .action(async ({ base, preview, out = "", currentState }: ReviewOptions) => {
    if (currentState !== undefined) {
      const { writeCurrentState } = await import("./currentStateDocument");
      return writeCurrentState(currentState);
    }
    if (out.trim() === "") throw new UserError("--out is missing or empty; name a folder.");
    if (base !== undefined && preview !== undefined) {
      throw new UserError(
        "--base and --preview exclude each other: a preview knows what was before.",
      );
    }
    const { verdict, files } =
      preview === undefined ? await ofTrees(base, out) : await ofFiles(preview);
    await writeFolder(out, files);
    print(verdict);
    print(
      `→ ${Object.keys(files)
        .map((name) => join(out, name))
        .join(", ")}`,
    );
  });

/** The evaluations are separate processes: the rules and the page are loaded while they run. */
async function ofTrees(base: string | undefined, out: string) {
  const [trees, { reviewFiles, reviewOfTrees }, { policyJudge }] = await Promise.all([
    evaluatedTrees(base, { output: resolve(out) }),
    import("./reviews"),
    import("./compare"),
  ]);
  return reviewFiles(reviewOfTrees(trees, policyJudge(new Date())));
}

async function ofFiles(files: readonly string[]) {
  const previews = files.map((file) => ({
    file,
    text: readUserFile(file, MOST_BYTES.document).toString(),
  }));
  const { reviewFiles, reviewOfPreviews } = await import("./reviews");
  const { policyJudge } = await import("./compare");
  const { workingTree } = await import("./base");
  const tree = workingTree(PROJECT_DIRECTORY);
  return reviewFiles(reviewOfPreviews(previews, policyJudge(new Date()), tree));
}

void runCommand(command);
