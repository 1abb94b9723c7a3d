import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { runCommand } from "../command";
import { UserError } from "../errors";
import { print } from "../output";
import { packWithTemplate } from "./template";

const command = new Command("npm run package --")
  .description("Packs what other Pulumi programs import, and the template of `pulumi new` with it.")
  .requiredOption("--out <dir>", "folder to write to; new or empty")
  .allowExcessArguments(false)
  .action(({ out }: { readonly out: string }) => {
    const folder = resolve(out);
    if (out.trim() === "") throw new UserError("--out is empty; name a folder.");
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      throw new UserError(`${out} is not empty; name a new folder, so that nothing old is in it.`);
    }
    const { tarball, template } = packWithTemplate(folder);
    print(`→ ${tarball}`);
    print(`→ ${template}`);
    print(`\nIn an empty folder: pulumi new ${template}`);
    print(`In an existing Pulumi program: npm install ${tarball}`);
  });

void runCommand(command);
