import {
  prose,
  quoted,
  say,
  strong,
  type Headline,
  type Section,
  type Text,
  type Weight,
} from "./document";
import { changesOf, type Op, type Review, type StackReview } from "./model";
import { accessSection } from "./sections/access";
import { capacitySection } from "./sections/capacity";
import { changesSection } from "./sections/changes";
import { dataSection } from "./sections/dataAtRisk";
import { exposureSection } from "./sections/exposure";
import { foundationSection } from "./sections/foundation";
import { networkSection } from "./sections/network";
import { plainSecretsSection } from "./sections/plainSecrets";
import { policySection } from "./sections/policyFindings";
import { refusedSection } from "./sections/refusedChanges";
import { releaseSection } from "./sections/releases";
import { trafficSection } from "./sections/traffic";
import { count } from "./typeNames";

/** What is said of one stack. */
export interface StackReport {
  readonly review: StackReview;
  readonly headlines: readonly Headline[];
  /** Those with something in them. */
  readonly sections: readonly Section[];
  readonly counts: Readonly<Record<Op, number>>;
}

export interface Report {
  readonly review: Review;
  readonly verdict: Text;
  readonly weight: Weight | "none";
  readonly stacks: readonly StackReport[];
}

const WEIGHTS: readonly Weight[] = ["blocking", "review", "note"];

/** Headlines of one weight that one section may have; the others are in the section. */
const SHOWN = 5;

export function reportOf(review: Review): Report {
  const stacks = review.stacks.map((one) => stackReport(one, review.stacks));
  return { review, stacks, ...verdictOf(stacks) };
}

function stackReport(review: StackReview, all: readonly StackReview[]): StackReport {
  const sections = review.refusals.length > 0 ? [] : sectionsOf(review, all);
  const headlines = [...refused(review), ...sections.flatMap(shown)];
  const ops: readonly Op[] = ["create", "update", "replace", "delete", "same"];
  return {
    review,
    headlines: WEIGHTS.flatMap((weight) => headlines.filter((one) => one.weight === weight)),
    sections: sections.filter(({ blocks, unchanged }) => blocks.length + unchanged.length > 0),
    counts: Object.fromEntries(
      ops.map((op) => [op, changesOf(review, op).length]),
    ) as StackReport["counts"],
  };
}

/** In the order of what a reviewer asks; the first ones come first also among headlines of one weight. */
function sectionsOf(review: StackReview, all: readonly StackReview[]): Section[] {
  return [
    foundationSection(review),
    refusedSection(review),
    changesSection(review),
    exposureSection(review),
    accessSection(review),
    dataSection(review),
    plainSecretsSection(review),
    networkSection(review),
    policySection(review),
    trafficSection(review),
    releaseSection(review, all),
    capacitySection(review),
  ];
}

function refused({ refusals }: StackReview): Headline[] {
  if (refusals.length === 0) return [];
  return refusals.map((problem) => ({
    weight: "blocking",
    text: say`${strong`Refused:`} ${quoted(problem)}`,
  }));
}

function shown({ title, headlines }: Section): Headline[] {
  return WEIGHTS.flatMap((weight) => {
    const all = headlines.filter((one) => one.weight === weight);
    const more = all.length - SHOWN;
    const rest: Headline = { weight, text: say`… and ${more} more under “${prose(title)}”` };
    return more > 1 ? [...all.slice(0, SHOWN), rest] : all;
  });
}

function verdictOf(stacks: readonly StackReport[]): Pick<Report, "verdict" | "weight"> {
  const number = (weight: Weight) =>
    stacks.flatMap(({ headlines }) => headlines).filter((one) => one.weight === weight).length;
  const refusing = stacks.filter(({ review }) => review.refusals.length > 0);
  const [stops, looks] = [number("blocking"), number("review")];
  if (refusing.length > 0) {
    const names = refusing.map(({ review }) => review.stack).join(", ");
    return { weight: "blocking", verdict: say`${names} would be refused` };
  }
  if (stops > 0) {
    const rest = looks > 0 ? say`, ${looks} to review` : [];
    return { weight: "blocking", verdict: say`${stops} blocking${rest}` };
  }
  if (looks > 0) return { weight: "review", verdict: say`${looks} to review` };
  const changed = stacks.reduce((sum, { counts }) => {
    return sum + counts.create + counts.update + counts.replace + counts.delete;
  }, 0);
  return changed === 0
    ? { weight: "none", verdict: say`No changes` }
    : { weight: "note", verdict: say`${prose(count(changed, "change"))}, no concerns` };
}
