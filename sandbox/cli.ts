import { Command } from "commander";
import { runCommand } from "../command";

interface Options {
  readonly stack: string;
  readonly azure?: true;
}

const program = new Command("npm run sandbox --")
  .description(
    "Stops paying for a sandbox: pauses and resumes its deployments, ends them on a day, and frees names that Azure keeps.",
  )
  .showHelpAfterError("(--help lists commands and options)");

command("pause", "delete the deployments, and keep endpoint, keys, assets and split").action(
  async (options: Options) => (await commands()).pause(given(options)),
);

command("resume", "declare the deployments again, with the split of the YAML").action(
  async (options: Options) => (await commands()).resume(given(options)),
);

command(
  "expire",
  "warn before the day in mlscore:expires, and delete the deployments after it",
).action(async (options: Options) => (await commands()).expire(given(options)));

command("purge", "purge the deleted workspace and vault of the stack, so that their names are free")
  .option("--confirm <name>", "the name of the stack, where nobody can be asked for it")
  .action(async (options: Options & { readonly confirm?: string }) =>
    (await commands()).purgeNames({ ...given(options), confirm: options.confirm }),
  );

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .requiredOption("--stack <name>", "stack, as in Pulumi.<name>.yaml")
    .option("--azure", "in Azure; default: the endpoint on this machine")
    .allowExcessArguments(false);
}

/** Loaded only here: a slip on the command line is told at once. */
function commands() {
  return import("./commands");
}

function given({ stack, azure }: Options) {
  return { stack, azure: azure === true };
}

void runCommand(program);
