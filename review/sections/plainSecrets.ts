import {
  details,
  list,
  quoted,
  say,
  strong,
  type Headline,
  type Section,
  type Text,
} from "../document";
import type { StackGraph, StackReview } from "../model";

/** What looks like a secret in a file that the program warned of; the policy rule no-key-values finds it in the graph. */
export function plainSecretsSection({ before, after }: StackReview): Section {
  const olds = found(before);
  const news = found(after);
  const unchanged = news.filter(({ key }) => olds.some((old) => old.key === key));
  const added = news.filter((one) => !unchanged.includes(one));
  const warnings = (after?.warnings ?? []).filter((one) => !isAboutSecret(one));
  const newWarnings = warnings.filter(
    (one) => before?.warnings.some((old) => withoutLine(old) === withoutLine(one)) !== true,
  );
  const asBefore = [
    ...unchanged.map(({ text }) => text),
    ...warnings.filter((one) => !newWarnings.includes(one)).map((one) => say`${quoted(one)}`),
  ];
  return {
    title: "Secrets and warnings",
    headlines: [
      ...added.map(({ text }): Headline => ({
        weight: "blocking",
        text: say`${strong`Secret:`} ${text}`,
      })),
      ...newWarnings.map((one): Headline => {
        return { weight: "review", text: say`${strong`Warning:`} ${quoted(one)}` };
      }),
    ],
    blocks: list([
      ...added.map(({ text }) => say`${strong`new`}: ${text}`),
      ...newWarnings.map((one) => say`${strong`new warning`}: ${quoted(one)}`),
    ]),
    unchanged: details(say`Unchanged: ${asBefore.length}`, list(asBefore)),
  };
}

function found(graph: StackGraph | undefined): { key: string; text: Text }[] {
  if (graph === undefined) return [];
  return [
    ...graph.warnings
      .filter(isAboutSecret)
      .map((one) => ({ key: withoutLine(one), text: say`${quoted(one)}` })),
  ];
}

/** The words of config/azureml/secretCheck.ts. */
function isAboutSecret(warning: string): boolean {
  return warning.includes("looks like a secret");
}

/** The same warning a few lines further down is no other one. */
function withoutLine(warning: string): string {
  return warning.replace(/^(\S+?):\d+: /, "$1: ");
}
