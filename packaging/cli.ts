import { resolve } from "node:path";
import { Command } from "commander";
import { assertEmpty, runCommand } from "../command";
import { print } from "../output";
import { packWithTemplate } from "./template";

const command = new Command("npm run package --")
  .description("Packs what other Pulumi programs import, and the template of `pulumi new` with it.")
  .requiredOption("--out <dir>", "folder to write to; new or empty")
  .allowExcessArguments(false)
  .action(({ out }: { readonly out: string }) => {
    assertEmpty(out);
    const { tarball, template } = packWithTemplate(resolve(out));
    print(`→ ${tarball}`);
    print(`→ ${template}`);
    print(`\nIn an empty folder: pulumi new ${template}`);
    print(`In an existing Pulumi program: npm install ${tarball}`);
  });

void runCommand(command);
