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

/** What looks like a secret and stands in plain text: in the graph, or in a file that the program warned of. */
export function plainSecretsSection({ before, after }: StackReview): Section {
  const olds = found(before);
  const news = found(after);
  const unchanged = news.filter(({ key }) => olds.some((old) => old.key === key));
  const added = news.filter((one) => !unchanged.includes(one));
  const warnings = (after?.warnings ?? []).filter((one) => !isAboutSecret(one));
  const newWarnings = warnings.filter((one) => before?.warnings.includes(one) !== true);
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
    ...graph.plainSecrets.map(({ resource, path }) => ({
      key: `${resource} ${path}`,
      text: say`${path} of ${resource} looks like a secret in plain text; its value is hidden here, but whoever can read the state or the resource can read it`,
    })),
    ...graph.warnings
      .filter(isAboutSecret)
      .map((one) => ({ key: withoutLine(one), text: say`${quoted(one)}` })),
  ];
}

/** The words of config/azureml/deploymentRules.ts. */
function isAboutSecret(warning: string): boolean {
  return warning.includes("looks like a secret");
}

/** The same warning a few lines further down is no other one. */
function withoutLine(warning: string): string {
  return warning.replace(/^(\S+?):\d+: /, "$1: ");
}
