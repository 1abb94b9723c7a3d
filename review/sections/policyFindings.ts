import type { Finding } from "../../policy/judge";
import {
  details,
  joined,
  prose,
  quoted,
  say,
  strong,
  table,
  type Headline,
  type Section,
  type Text,
} from "../document";
import { comparedFindings, type ChangedFinding } from "../findings";
import type { StackReview } from "../model";
import { count } from "../typeNames";

/** What the policy pack says: what is new first, what reads differently, what is resolved, what stands, what is exempted. */
export function policySection(review: StackReview): Section {
  const { added, changed, unchanged, resolved } = comparedFindings(review);
  const breaking = unchanged.filter(({ severity }) => severity === "mandatory");
  const quiet = unchanged.filter(({ severity }) => severity !== "mandatory");
  return {
    title: "Policy",
    headlines: [
      ...added.map(headline),
      ...changed.map(changedHeadline),
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
      ...table(
        "Changed findings",
        [...HEAD, "before"],
        changed.map(({ now, was }) => [...row(now), formerText(was, now)]),
      ),
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

/** A finding that was there before with another message, severity or exemption; only what got worse asks for a review. */
function changedHeadline({ was, now }: ChangedFinding): Headline {
  const { severity, rule, resource, message, exemption } = now;
  const until: Text =
    exemption === undefined ? [] : say`, exempted until ${exemption.expires} by ${exemption.owner}`;
  const text = say`${strong`Policy:`} ${resource} ${quoted(message)} (${rule})${until} (existing finding, was: ${formerText(was, now)})`;
  if (severity === "mandatory") return { weight: "blocking", text };
  const isNewExemption = exemption !== undefined && was.exemption === undefined;
  return { weight: isNewExemption ? "review" : "note", text };
}

/** What of the finding was different. */
function formerText(was: Finding, now: Finding): Text {
  const kind: Text =
    was.exemption?.expires === now.exemption?.expires && was.severity === now.severity
      ? []
      : kindText(was);
  const message: Text = was.message === now.message ? [] : say`${quoted(was.message)}`;
  return joined([kind, message].filter((text) => text.length > 0));
}

function kindText({ severity, exemption }: Finding): Text {
  return exemption === undefined ? prose(severity) : say`exempted until ${exemption.expires}`;
}

function row(finding: Finding): Text[] {
  const { rule, resource, message, exemption } = finding;
  const why: Text =
    exemption === undefined
      ? []
      : say` Exempted by ${exemption.owner}: ${quoted(exemption.reason)}`;
  return [kindText(finding), say`${rule}`, say`${resource}`, say`${quoted(message)}${why}`];
}
