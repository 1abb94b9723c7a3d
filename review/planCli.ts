import { Command } from "commander";
import { UserError } from "../errors";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { runCommand, writeUserFile } from "../command";
import { assertApproved, planOf, readPlan } from "./plan";
import { print } from "../output";

interface PlanOptions {
  readonly preview?: string;
  readonly out?: string;
  readonly approved?: string;
  readonly now?: string;
}

const command = new Command("npm run plan --")
  .description(
    "Writes what a preview would do (--preview, --out), or compares two of these and fails when they differ (--approved, --now).",
  )
  .option("--preview <file>", "what `pulumi preview --json --show-sames` printed")
  .option("--out <file>", "where the plan goes")
  .option("--approved <file>", "the plan that was approved")
  .option("--now <file>", "the plan of a preview just before the update")
  .action(({ preview, out, approved, now }: PlanOptions) => {
    if (preview !== undefined && out !== undefined) {
      const plan = planOf(readUserFile(preview, MOST_BYTES.document).toString(), preview);
      writeUserFile(out, `${JSON.stringify(plan, null, 2)}\n`);
      print(`${plan.steps.length} steps → ${out}`);
    } else if (approved !== undefined && now !== undefined) {
      const planIn = (file: string) =>
        readPlan(readUserFile(file, MOST_BYTES.document).toString(), file);
      assertApproved(planIn(approved), planIn(now));
      print("The update would do what was approved, and nothing else.");
    } else {
      throw new UserError("Name --preview and --out, or --approved and --now.");
    }
  });

void runCommand(command);
