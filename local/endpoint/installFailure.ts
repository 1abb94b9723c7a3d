/** What to tell the user about packages that pip could not install: the line of the conda file first. */
import { requirementName } from "../../conda/pipLine";
import { shortened } from "./traceback";
import type { Python } from "./python";

export interface FailedStep {
  readonly command: string;
  readonly output: string;
  readonly isPip: boolean;
  /** The build context's script that failed. */
  readonly bakeScript?: string;
  readonly logPath?: string;
  readonly replaced: Python;
}

/** @param called what messages call the conda file */
export function installFailureText(step: FailedStep, condaFile: string, called: string): string {
  const { output, command, isPip, bakeScript, logPath } = step;
  const culprit = isPip ? culpritIn(output) : undefined;
  const line = culprit === undefined ? undefined : lineOfRequirement(culprit, condaFile);
  const file = bakeScript ?? called;
  const place = line === undefined ? file : `${file}:${line}`;
  return [
    `${place}: ${isPip ? lastError(output) : `${command} failed: ${lastLine(output)}`}`,
    ...advice(step),
    "  The deployment's Python environment could not be installed.",
    ...(logPath === undefined ? [] : [`  Log: ${logPath}`]),
  ].join("\n");
}

function advice({ isPip, bakeScript, output, replaced }: FailedStep): string[] {
  const { version, replaces } = replaced;
  if (bakeScript !== undefined) {
    return ["  Check that Maven (mvn) can reach its repository, and what bake.py says in the log."];
  }
  if (!isPip) return [];
  if (OFFLINE.test(output)) return ["  Check that pip can reach its package index."];
  if (replaces !== undefined) {
    return [
      `  Python ${version} is used instead of ${replaces}, which is the likely reason: install that Python, or ask for this one.`,
    ];
  }
  return [
    "  Check the package names and versions in it, and that pip can reach its package index.",
  ];
}

const OFFLINE = /name resolution|NewConnectionError|Max retries exceeded|ConnectTimeout/;

/** The words with which pip 23 to 26 names the requirement that it could not install. */
const NAMES_CULPRIT = [
  /No matching distribution found for ([^\s(]+)/,
  /satisfies the requirement ([^\s(]+)/,
  /Invalid requirement: ['"]?([^\s'"]+)/,
  /Failed to build ['"]?([\w.-]+)['"]? when/,
  /Failed to build installable wheels for some pyproject\.toml based projects \(?([\w.-]+)/,
  /Failed building wheel for ([\w.-]+)/,
  /Cannot install ([\w.[\]-]+)/,
  /git clone .*?(https?:\/\/[^\s']+)/,
  /Package '([^']+)' requires a different Python/,
  /(?<![\w.])([\w.]+)-\d\S*\.whl is not a supported wheel/,
];

/** What pip was busy with when it says no name: the last one that it began with. */
const LAST_BEGUN = /^(?:Collecting|Processing|Obtaining) ([^\s(]+)/gm;
const WITHOUT_NAME = /metadata-generation-failed|subprocess-exited-with-error/;

function culpritIn(output: string): string | undefined {
  const named = NAMES_CULPRIT.map((words) => words.exec(output)?.[1]).find(
    (name) => name !== undefined,
  );
  if (named !== undefined) return named;
  const [before = "", ...after] = output.split(WITHOUT_NAME);
  return after.length === 0 ? undefined : [...before.matchAll(LAST_BEGUN)].at(-1)?.[1];
}

function lineOfRequirement(requirement: string, condaFile: string): number | undefined {
  const isAddress = requirement.includes("://");
  const name = requirementName(requirement);
  const index = condaFile.split("\n").findIndex((line) => {
    if (isAddress) return line.includes(requirement);
    const entry = line.replace(/^[\s\-"'[,]*/, "");
    return requirementName(entry) === name;
  });
  return index === -1 ? undefined : index + 1;
}

/** pip's last error, without its prefix. */
function lastError(output: string): string {
  const errors = [...output.matchAll(/^ *(?:ERROR|error):(.+)$/gm)].map(([, text = ""]) =>
    text.trim(),
  );
  const [said = lastLine(output)] = [
    errors.find((text) => NAMES_CULPRIT.some((words) => words.test(text))) ?? errors.at(-1),
  ].flatMap((text) => text ?? []);
  return shortened(said);
}

function lastLine(output: string): string {
  return shortened(output.trimEnd().split("\n").at(-1) ?? "");
}
