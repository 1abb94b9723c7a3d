import { valueAt } from "../../graph/paths";
import { quoted, say, strong, table, type Headline, type Section, type Text } from "../document";
import type { StackGraph, StackReview } from "../model";

/** Which release runs where, and how it passed the gate between sandbox and production. */
export function releaseSection(review: StackReview, all: readonly StackReview[]): Section {
  const { before, after } = review;
  const olds = before === undefined ? [] : releases(before);
  const news = after === undefined ? [] : releases(after);
  const changed = news.filter(
    (one) =>
      !olds.some(
        (old) =>
          old.deployment === one.deployment && old.id === one.id && old.exception === one.exception,
      ),
  );
  const gated = changed.filter(({ isGated }) => isGated);
  const tried = all
    .flatMap((one) => (one.after === undefined ? [] : releases(one.after)))
    .filter(({ isGated }) => !isGated);
  return {
    title: "Release gate",
    headlines: [
      ...changed.map((one) =>
        headline(
          one,
          olds.find(({ deployment }) => deployment === one.deployment),
        ),
      ),
      ...(after === undefined ? [] : gated.flatMap((one) => untried(one, tried))),
    ],
    unchanged: [],
    blocks: table(
      "Releases",
      ["deployment", "before", "after", "gate"],
      changed.map((one): Text[] => {
        const was = olds.find(({ deployment }) => deployment === one.deployment);
        return [
          say`${one.deployment}`,
          was === undefined ? say`–` : say`${short(was.id)}`,
          say`${short(one.id)}`,
          gate(one, after),
        ];
      }),
    ),
  };
}

interface Release {
  /** Deployment of the endpoint, or of the cluster. */
  readonly deployment: string;
  readonly id: string;
  /** Why it runs without having soaked. */
  readonly exception: string | undefined;
  /** Whether it had to pass: what runs in a sandbox only tries. */
  readonly isGated: boolean;
}

function releases({ resources, outputs }: StackGraph): Release[] {
  const inCluster = resources
    .filter(({ type }) => type === "kubernetes:apps/v1:Deployment")
    .flatMap(({ inputs }): Release[] => {
      const notes = (valueAt(inputs, "metadata.annotations") ?? {}) as Record<string, unknown>;
      const id = notes["mlscore/release-id"];
      const exception = notes["mlscore/release-exception"];
      const deployment = String(valueAt(inputs, "metadata.name"));
      if (typeof id !== "string") return [];
      return [
        {
          deployment,
          id,
          exception: typeof exception === "string" ? exception : undefined,
          isGated: true,
        },
      ];
    });
  const inSandbox = Object.entries(outputs["releases"] ?? {}).flatMap(
    ([deployment, release]): Release[] => {
      const id = valueAt(release, "id");
      return typeof id === "string"
        ? [{ deployment, id, exception: undefined, isGated: false }]
        : [];
    },
  );
  return [...inCluster, ...inSandbox];
}

function headline({ deployment, id, exception }: Release, was: Release | undefined): Headline {
  const former: Text = was === undefined ? [] : say` (was ${short(was.id)})`;
  const text = say`${strong`Release:`} ${deployment} would run ${short(id)}${former}`;
  return exception === undefined
    ? { weight: "review", text }
    : { weight: "blocking", text: say`${text} without having soaked: ${quoted(exception)}` };
}

/** The gate asks the sandbox as it is; this asks the sandbox as it would be. */
function untried({ deployment, id, exception }: Release, tried: readonly Release[]): Headline[] {
  if (exception !== undefined || tried.length === 0 || tried.some((one) => one.id === id))
    return [];
  return [
    {
      weight: "review",
      text: say`${strong`Release:`} no deployment of the sandbox runs ${short(id)}, which ${deployment} would run; the gate passes only if it soaked earlier`,
    },
  ];
}

function gate({ exception, isGated }: Release, after: StackGraph | undefined): Text {
  if (!isGated) return say`soaks while it has live or mirrored traffic`;
  if (exception !== undefined) return say`${strong`exception`}: ${quoted(exception)}`;
  const since = valueAt(after?.outputs, "release.trafficSince");
  if (typeof since === "string") return say`with traffic in the sandbox since ${since}`;
  return valueAt(after?.outputs, "release.unchecked") === true
    ? say`checked only by a real preview`
    : say`passed`;
}

function short(id: string): string {
  return id.slice(0, 12);
}
