/** Prints how long `up` of a stack takes with typical times, what is on its critical path, and which orders cost time. */
import { Command } from "commander";

import { creationSeconds } from "../../graph/creationTimes";
import { orderReason } from "../../graph/neededOrders";
import { costlyOrders, scheduleOf, waitsOf } from "../../graph/schedule";
import { readStackSettings } from "../../graph/settings";
import { evaluatedUp } from "../evaluation/client";

async function print(stack: string): Promise<void> {
  const { resources } = await evaluatedUp(stack, readStackSettings(stack));
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  const nameOf = (urn: string) => urn.split("::").at(-1) ?? urn;
  const waits = waitsOf(resources);
  const { totalSeconds, criticalPath } = scheduleOf(resources, waits, creationSeconds);
  console.log(`${stack}: ${totalSeconds} s. Its critical path:`);
  for (const urn of criticalPath) {
    const one = byUrn.get(urn);
    if (one?.custom === true) console.log(`  ${creationSeconds(one)} s  ${nameOf(urn)}`);
  }
  console.log("Orders without which it would be shorter, each by itself:");
  for (const { wait, seconds } of costlyOrders(resources, waits, creationSeconds)) {
    const reason = orderReason(wait, byUrn) ?? "NOT NEEDED, as far as is known";
    console.log(`  ${seconds} s  ${nameOf(wait.resource)} after ${nameOf(wait.for)}: ${reason}`);
  }
}

void new Command("npm run bench:schedule --")
  .description("Prints the critical path of up, by typical times of Azure.")
  .argument("<stack>")
  .allowExcessArguments(false)
  .action(print)
  .parseAsync();
