import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { runCommand } from "../local/command";
import { graphOf } from "../graph/graph";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { readStackSettings } from "../graph/settings";
import { policyDocument } from "./document";
import { dayOf, exemptionsIn } from "./exemptions";
import { isRefused, judge, type Finding } from "./judge";
import { policyResources } from "./resources";
import { rules } from "./rules/index";
import { stacksIn } from "./stacks";
import { findingCounts, findingsTable } from "./table";
import { targetIn } from "./stackTarget";

interface PolicyOptions {
  readonly stack?: readonly string[];
  readonly json?: true;
  readonly document?: string;
}

/** What the rules say of one stack. */
interface Judged {
  readonly stack: string;
  /** Rules that were asked; what a run would change is not known here. */
  readonly rules: number;
  readonly resources: number;
  readonly findings: readonly Finding[];
}

const command = new Command("npm run policy --")
  .description("Judges what the stacks declare, with no cloud. Ends with 1 on a mandatory finding.")
  .option("--stack <names...>", "stacks, as in Pulumi.<name>.yaml, instead of all of them")
  .option("--json", "findings as JSON")
  .option("--document <file>", "writes the table of all rules to a file, and judges nothing")
  .action(async ({ stack, json, document }: PolicyOptions) => {
    if (document !== undefined) {
      writeFileSync(document, policyDocument());
      console.log(`${rules.length} rules → ${document}`);
      return;
    }
    const judged: Judged[] = [];
    for (const name of stack ?? stacksIn(PROJECT_DIRECTORY)) judged.push(await judgeStack(name));
    console.log(json ? JSON.stringify(judged, null, 2) : judged.map(forPeople).join("\n\n"));
    if (judged.some(({ findings }) => isRefused(findings))) process.exitCode = 1;
  });

async function judgeStack(stack: string): Promise<Judged> {
  const settings = readStackSettings(stack);
  // Pulumi's SDK is loaded only where a stack is evaluated.
  const { runOnEmulator } = await import("../emulator/onEmulator");
  const resources = policyResources(graphOf(await runOnEmulator(stack, settings, [])));
  const target = targetIn(settings);
  const asked = rules.filter(({ sees, targets }) => sees !== "changes" && targets.includes(target));
  const findings = judge(resources, {
    target,
    rules,
    exemptions: exemptionsIn(settings),
    today: dayOf(new Date()),
  });
  return { stack, rules: asked.length, resources: resources.length, findings };
}

function forPeople({ stack, rules, resources, findings }: Judged): string {
  const counted = `${stack}: ${findingCounts(findings)}; ${rules} rules, ${resources} resources`;
  return findings.length === 0 ? counted : `${findingsTable(findings)}\n${counted}`;
}

void runCommand(command);
