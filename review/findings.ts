import type { Finding } from "../policy/judge";
import { changesOf, type StackReview } from "./model";

/** A finding of both sides whose message, severity or exemption is another one now. */
export interface ChangedFinding {
  readonly was: Finding;
  readonly now: Finding;
}

export interface ComparedFindings {
  readonly added: readonly Finding[];
  readonly changed: readonly ChangedFinding[];
  readonly unchanged: readonly Finding[];
  readonly resolved: readonly Finding[];
}

/**
 * The findings of both sides against each other. A finding is known by its rule and its resource, under whichever name the
 * resource had: its message names values, and may be another one on each side. A rule may find several things on one resource;
 * those with the same message belong together first.
 */
export function comparedFindings(review: StackReview): ComparedFindings {
  const former = formerNames(review);
  const rest = [...(review.before?.findings ?? [])];
  const take = (isIt: (one: Finding) => boolean): Finding | undefined => {
    const place = rest.findIndex(isIt);
    return place < 0 ? undefined : rest.splice(place, 1)[0];
  };
  const isAbout = (now: Finding) => (was: Finding) =>
    was.rule === now.rule &&
    was.type === now.type &&
    (was.resource === now.resource || was.resource === former.get(`${now.type} ${now.resource}`));
  const exact = (review.after?.findings ?? []).map((now) => {
    const is = isAbout(now);
    return { now, was: take((one) => is(one) && one.message === now.message) };
  });
  const pairs = exact.map(({ now, was }) => ({ now, was: was ?? take(isAbout(now)) }));
  const both = pairs.flatMap(({ now, was }) => (was === undefined ? [] : [{ now, was }]));
  return {
    added: pairs.filter(({ was }) => was === undefined).map(({ now }) => now),
    changed: both.filter(({ now, was }) => !isSame(now, was)),
    unchanged: both.filter(({ now, was }) => isSame(now, was)).map(({ now }) => now),
    resolved: rest,
  };
}

/** Logical names that resources had before, by type and name. */
function formerNames(review: StackReview): Map<string, string> {
  return new Map(
    changesOf(review, "create").flatMap(({ resource: { type, name }, renamed }) =>
      renamed !== undefined && "from" in renamed
        ? [[`${type} ${name}`, renamed.from.split("::").at(-1) ?? ""] as const]
        : [],
    ),
  );
}

function isSame(one: Finding, other: Finding): boolean {
  return (
    one.message === other.message &&
    one.severity === other.severity &&
    one.exemption?.expires === other.exemption?.expires &&
    one.exemption?.owner === other.exemption?.owner
  );
}
