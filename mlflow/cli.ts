import { Command } from "commander";
import { runCommand } from "../command";
import { print } from "../output";
import { writeLock } from "./writeLock";

const command = new Command("npm run mlflow:lock --")
  .description(
    "Locks the packages of an MLflow model with their hashes, for the image that serves it without a scoring script.",
  )
  .argument("<dir>", "folder of the model, with its file MLmodel")
  .option(
    "--conda-file <file>",
    "the environment of the deployment, where it has one; default: the model's own",
  )
  .allowExcessArguments(false)
  .action((dir: string, { condaFile }: { readonly condaFile?: string }) => {
    const { file, python, requirements, warnings } = writeLock(dir, condaFile);
    for (const warning of warnings) print(`warning: ${warning}`);
    print(
      `→ ${file}: ${requirements.length} requirements with what they need, for Python ${python}`,
    );
  });

void runCommand(command);
