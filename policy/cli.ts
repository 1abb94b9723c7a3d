import { Command } from "commander";
import { runCommand, writeUserFile } from "../command";
import { graphOf } from "../graph/graph";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { readStackSettings } from "../graph/settings";
import { policyDocument } from "./document";
import { dayOf, exemptionsIn } from "./exemptions";
import { isRefused, judge, type Finding } from "./judge";
import { policyResources } from "./resources";
import { isFor } from "./rule";
import { rules } from "./rules/index";
import { findingCounts, findingsTable } from "./table";
import { scopeIn, stacksIn } from "./stacks";
import { print } from "../output";

interface PolicyOptions {
  readonly stack?: readonly string[];
  readonly json?: true;
  readonly document?: string;
}

/** The findings for one stack, as printed by `--json`. */
interface StackReport {
  readonly stack: string;
  /** Number of rules that apply; rules on changes need a run, so they are not among them. */
  readonly rules: number;
  readonly resources: number;
  readonly findings: readonly Finding[];
}

const command = new Command("npm run policy --")
  .description(
    "Checks the declared resources of each stack against the policy rules, without Azure. Exit code 1: a mandatory finding.",
  )
  .option("--stack <names...>", "check these stacks (Pulumi.<name>.yaml) instead of all")
  .option("--json", "print the findings as JSON")
  .option("--document <file>", "write the tables of all rules to a file instead of checking stacks")
  .action(async ({ stack, json, document }: PolicyOptions) => {
    if (document !== undefined) {
      writeUserFile(document, policyDocument());
      print(`${rules.length} rules → ${document}`);
      return;
    }
    const reports: StackReport[] = [];
    for (const name of stack ?? stacksIn(PROJECT_DIRECTORY)) reports.push(await checkStack(name));
    print(json ? JSON.stringify(reports, null, 2) : reports.map(asText).join("\n\n"));
    if (reports.some(({ findings }) => isRefused(findings))) process.exitCode = 1;
  });

async function checkStack(stack: string): Promise<StackReport> {
  const settings = readStackSettings(stack);
  // Pulumi's SDK is loaded only where a stack is evaluated.
  const { runOnEmulator } = await import("../emulator/onEmulator");
  const resources = policyResources(graphOf(await runOnEmulator(stack, settings, [])));
  const scope = scopeIn(settings);
  const applied = rules.filter((rule) => !("checkChanges" in rule) && isFor(rule, scope));
  const findings = judge(resources, {
    ...scope,
    rules,
    exemptions: exemptionsIn(settings),
    today: dayOf(new Date()),
  });
  return { stack, rules: applied.length, resources: resources.length, findings };
}

function asText({ stack, rules, resources, findings }: StackReport): string {
  const summary = `${stack}: ${findingCounts(findings)}; ${rules} rules, ${resources} resources`;
  return findings.length === 0 ? summary : `${findingsTable(findings)}\n${summary}`;
}

void runCommand(command);
