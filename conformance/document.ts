import { assumptionGroups, assumptions, type AssumptionId } from "../assumptions";
import type { Assumption, Evidence } from "../assumptions/assumption";
import { markdownTable } from "../markdownTable";
import { fixture } from "./fixture";
import { observations, type Observation } from "./observations";
import { references } from "./references";
import { sequences } from "./sequences";
import type { Transcript } from "./transcript";

type State = Evidence["state"] | "observed" | "contradicted";

/** Everything that a transcript can say something of. */
export const decidingSequences = [fixture, ...sequences];

const MEANING: Readonly<Record<State, string>> = {
  observed: "a committed transcript shows that Azure answers so",
  documented: "Azure's documentation or published code says so",
  reported: "an issue says so",
  unproved: "no public source settles it",
  contradicted: "a committed transcript shows that Azure answers otherwise; the code has to follow",
};

/** docs/azure-assumptions.md: every assumption with what depends on it, how it is checked and what is known. */
export function assumptionsDocument(transcripts: readonly Transcript[]): string {
  const observed = observations(decidingSequences, transcripts);
  const ids = Object.keys(assumptions) as AssumptionId[];
  const named = references(ids);
  const states = ids.map((id) => stateOf(id, observed));
  const count = (state: State) => states.filter((one) => one === state).length;
  const sections = Object.entries(assumptionGroups).map(([group, members]) => {
    const entries = (Object.keys(members) as AssumptionId[]).map((id) =>
      entry(id, named.get(id) ?? [], observed.get(id)),
    );
    return [`## ${group}`, ...entries].join("\n\n");
  });
  return [
    "# What is assumed of Azure",
    "",
    "<!-- Made by: npm run conformance -- --document docs/azure-assumptions.md -->",
    "",
    `The program and its emulator rely on ${ids.length} facts about Azure and Kubernetes that only those services themselves prove. Rules of`,
    "the emulator name them by id where they refuse something, and so does other code that depends on one. The facts are written in",
    "`assumptions/`; `npm run conformance -- --azure` checks those that a sequence of `conformance/sequences/` decides. A committed",
    "transcript of such a run makes a fact observed.",
    "",
    markdownTable(
      ["state", "facts", "meaning"],
      (Object.keys(MEANING) as State[]).map((state) => [
        state,
        String(count(state)),
        MEANING[state],
      ]),
    ),
    "",
    sections.join("\n\n"),
    "",
  ].join("\n");
}

function entry(
  id: AssumptionId,
  named: readonly string[],
  observation: Observation | undefined,
): string {
  const { statement, evidence, check, dependents = [] }: Assumption = assumptions[id];
  const paths = [...new Set([...named, ...dependents])].sort();
  return [
    `### ${id}`,
    "",
    statement,
    "",
    `- State: ${stateText(evidence, observation)}`,
    `- Depends on it: ${paths.map((path) => `\`${path}\``).join(", ")}`,
    `- Check: ${[...sequencesOf(id).map((sequence) => `sequence \`${sequence}\``), ...(check === undefined ? [] : [check])].join("; ")}`,
  ].join("\n");
}

/** Ids of the sequences that decide an assumption. */
export function sequencesOf(id: AssumptionId): string[] {
  return decidingSequences
    .filter(({ steps }) => steps.some(({ proves }) => proves?.includes(id) === true))
    .map((sequence) => sequence.id);
}

function stateOf(id: AssumptionId, observed: ReadonlyMap<AssumptionId, Observation>): State {
  const observation = observed.get(id);
  if (observation === undefined) return assumptions[id].evidence.state;
  return observation.agrees ? "observed" : "contradicted";
}

function stateText(evidence: Evidence, observation: Observation | undefined): string {
  const known = evidenceText(evidence);
  if (observation === undefined) return known;
  const { agrees, on, differences } = observation;
  return agrees
    ? `**observed** on ${on}; before: ${known}`
    : `**contradicted** on ${on} (${differences.join("; ")}); before: ${known}`;
}

function evidenceText(evidence: Evidence): string {
  if (evidence.state !== "unproved") return `**${evidence.state}**: ${evidence.source}`;
  return evidence.note === undefined ? "**unproved**" : `**unproved**: ${evidence.note}`;
}
