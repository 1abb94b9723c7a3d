import type { Finding } from "../../policy/judge";
import {
  details,
  prose,
  quoted,
  say,
  strong,
  table,
  type Headline,
  type Section,
  type Text,
} from "../document";
import type { StackReview } from "../model";
import { count } from "../typeNames";

/** What the policy pack says: what is new first, what is resolved, what stands as before, what is exempted. */
export function policySection({ before, after }: StackReview): Section {
  const olds = before?.findings ?? [];
  const news = after?.findings ?? [];
  const added = news.filter((one) => !olds.some((old) => isSame(one, old)));
  const resolved = olds.filter((old) => !news.some((one) => isSame(one, old)));
  const unchanged = news.filter((one) => !added.includes(one));
  const breaking = unchanged.filter(({ severity }) => severity === "mandatory");
  const quiet = unchanged.filter(({ severity }) => severity !== "mandatory");
  return {
    title: "Policy",
    headlines: [
      ...added.map(headline),
      ...breaking.map(({ resource, rule, message }): Headline => {
        const text = say`${strong`Policy:`} ${resource} ${quoted(message)} (${rule}) (existing finding)`;
        return { weight: "blocking", text };
      }),
      ...(resolved.length === 0
        ? []
        : [
            {
              weight: "note" as const,
              text: say`${prose(count(resolved.length, "policy finding"))} resolved`,
            },
          ]),
    ],
    blocks: [
      ...table("New findings", HEAD, added.map(row)),
      ...table("Existing mandatory findings", HEAD, breaking.map(row)),
      ...details(
        say`Resolved: ${resolved.length}`,
        table("Resolved findings", HEAD, resolved.map(row)),
      ),
    ],
    unchanged: details(
      say`Advisory or exempted, existing: ${quiet.length}`,
      table("Existing advisory and exempted findings", HEAD, quiet.map(row)),
    ),
  };
}

const HEAD = ["", "rule", "resource", "what is wrong"];

function headline({ severity, rule, resource, message, exemption }: Finding): Headline {
  const text = say`${strong`Policy:`} ${resource} ${quoted(message)} (${rule})`;
  if (severity === "mandatory") return { weight: "blocking", text };
  return exemption === undefined
    ? { weight: "review", text }
    : {
        weight: "review",
        text: say`${text}, exempted until ${exemption.expires} by ${exemption.owner}`,
      };
}

function row({ severity, rule, resource, message, exemption }: Finding): Text[] {
  const kind: Text =
    exemption === undefined ? prose(severity) : say`exempted until ${exemption.expires}`;
  const why: Text =
    exemption === undefined
      ? []
      : say` Exempted by ${exemption.owner}: ${quoted(exemption.reason)}`;
  return [kind, say`${rule}`, say`${resource}`, say`${quoted(message)}${why}`];
}

/** The same finding on both sides of a comparison, also when an exemption has come or gone. */
function isSame(one: Finding, other: Finding): boolean {
  return (
    one.rule === other.rule &&
    one.resource === other.resource &&
    one.message === other.message &&
    one.severity === other.severity
  );
}
