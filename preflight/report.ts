import { settingsAsFile } from "../config/settingsFile";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import type { Finding } from "./finding";
import type { Preflight } from "./run";

/** `2`: something could not be asked, and nothing is known to be missing. */
export type ExitCode = 0 | 1 | 2;

export function exitCodeOf({ findings }: Preflight): ExitCode {
  if (findings.some(({ kind }) => kind === "shortage")) return 1;
  return findings.some(({ kind }) => kind === "unanswered") ? 2 : 0;
}

/** Whose answers these are. */
export type Asked = "Azure" | "the emulator";

const OUTCOMES = { 0: "sound", 1: "short", 2: "unanswered" } as const;

/** For people: one line where nothing is missing. */
export function reportText(stack: string, asked: Asked, result: Preflight): string {
  const lines = result.findings.flatMap((finding) => [
    `${WORDS[finding.kind]}: ${placeOf(stack, finding)}${finding.missing} [${finding.check}]`,
    `  by: ${finding.who}`,
    `  run: ${finding.command}`,
  ]);
  return [...lines, summary(stack, asked, result)].join("\n");
}

/** For machines. */
export function reportJson(stack: string, asked: Asked, result: Preflight): string {
  const { findings, checks, questions } = result;
  const outcome = OUTCOMES[exitCodeOf(result)];
  return JSON.stringify({ stack, asked, outcome, checks, questions, findings }, null, 2);
}

const WORDS = { shortage: "missing", unanswered: "unknown", note: "note" } as const;

function summary(stack: string, asked: Asked, result: Preflight): string {
  const { findings, checks, questions } = result;
  const count = (kind: Finding["kind"]) => findings.filter((one) => one.kind === kind).length;
  const [missing, unknown] = [count("shortage"), count("unanswered")];
  const found = [
    ...(missing === 0 ? [] : [`${String(missing)} missing`]),
    ...(unknown === 0 ? [] : [`${String(unknown)} unknown`]),
  ];
  const outcome = found.length === 0 ? "nothing is missing" : found.join(", ");
  return `${stack}: ${outcome} (${counted(checks, "check")}, ${counted(questions, "question")} to ${asked})`;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The line of the settings that ask for it. */
function placeOf(stack: string, { key }: Finding): string {
  if (key === undefined) return "";
  const [first = "", ...rest] = key;
  const file = settingsAsFile(stack, PROJECT_DIRECTORY, {});
  return `${file.file}:${String(file.lineOf([first, ...rest]))}: ${key.join(".")}: `;
}
