import { Command } from "commander";
import { runCommand } from "../command";
import { UserError } from "../errors";
import { print } from "../output";

interface Options {
  readonly stack?: string;
  readonly json?: true;
  readonly renew?: true;
  readonly currency?: string;
}

const command = new Command("npm run cost --")
  .description(
    "Says what a stack costs in a month at Azure's list prices, and how many cores it needs. Asks Azure nothing, but with --renew.",
  )
  .option("--stack <name>", "stack, as in Pulumi.<name>.yaml")
  .option("--json", "print the estimate as JSON")
  .option(
    "--renew",
    "ask Azure's public price list for all prices of the file, and for those of the stack that is named",
  )
  .option(
    "--currency <code>",
    "with --renew: the currency, such as CAD; USD is what Azure charges in",
  )
  .allowExcessArguments(false)
  .action(async ({ stack, json, renew, currency }: Options) => {
    if (renew === undefined && currency !== undefined) {
      throw new UserError("--currency is for --renew: the prices have the currency of their file.");
    }
    if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) {
      throw new UserError(`--currency is ${currency}; it is three capital letters such as CAD.`);
    }
    // Pulumi's SDK is loaded only where a stack is evaluated.
    const { declaredBy, metersOf } = await import("./ofStack");
    const resources = stack === undefined ? undefined : await declaredBy(stack);
    if (renew === true) {
      const { renewPrices } = await import("./renew");
      const wanted = resources === undefined ? [] : metersOf(resources);
      const today = new Date().toISOString().slice(0, 10);
      const { rows, changes } = await renewPrices({ wanted, currency, today });
      for (const line of changes) print(line);
      print(`${String(rows)} prices of ${today}, ${String(changes.length)} changed`);
      return;
    }
    if (stack === undefined || resources === undefined) {
      throw new UserError("--stack is missing; name a stack, as in Pulumi.<name>.yaml.");
    }
    const [{ estimate }, { readPrices }, { costJson, costText }] = await Promise.all([
      import("./estimate"),
      import("./prices"),
      import("./report"),
    ]);
    const found = estimate(resources, readPrices());
    print(json === true ? costJson(stack, found) : costText(stack, found));
  });

void runCommand(command);
