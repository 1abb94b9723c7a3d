import { valueAt } from "../../graph/paths";
import {
  details,
  joined,
  say,
  strong,
  table,
  type Headline,
  type Section,
  type Text,
} from "../document";
import { changesOf, type StackGraph, type StackReview } from "../model";
import { splits, type Share, type SplitOf } from "../splits";
import { shownValue } from "../shownValue";

/** How requests are divided, before and after; and whether there is a time in which nobody answers. */
export function trafficSection(review: StackReview): Section {
  const { before, after } = review;
  const olds = before === undefined ? [] : splits(before);
  const news = after === undefined ? [] : splits(after);
  const names = [...new Set([...olds, ...news].map(({ name }) => name))];
  const parts = names.map((name) => {
    const was = olds.find((split) => split.name === name);
    const is = news.find((split) => split.name === name);
    return part(name, was, is, before, after);
  });
  return {
    title: "Traffic",
    headlines: [...interruptions(review), ...parts.flatMap(({ headlines }) => headlines)],
    blocks: parts.flatMap(({ blocks }) => blocks),
    unchanged: parts.flatMap(({ unchanged }) => unchanged),
  };
}

function part(
  name: string,
  was: SplitOf | undefined,
  is: SplitOf | undefined,
  before: StackGraph | undefined,
  after: StackGraph | undefined,
): Omit<Section, "title"> {
  const shares = [...(was?.shares ?? []), ...(is?.shares ?? [])];
  const deployments = [...new Set(shares.map(({ deployment }) => deployment))].sort();
  const of = (split: SplitOf | undefined, deployment: string) =>
    split?.shares.find((share) => share.deployment === deployment);
  const moved = deployments.filter((one) => percents(of(was, one)) !== percents(of(is, one)));
  const rows = deployments.map((deployment): Text[] => [
    say`${deployment}`,
    percent(of(was, deployment)?.live),
    percent(of(is, deployment)?.live),
    percent(of(was, deployment)?.mirrored),
    percent(of(is, deployment)?.mirrored),
    instances(before, deployment),
    instances(after, deployment),
  ]);
  const HEAD = [
    "deployment",
    "before",
    "after",
    "mirrored before",
    "after",
    "instances before",
    "after",
  ];
  const divided = table(`Traffic split of ${name}`, HEAD, rows);
  if (moved.length === 0) {
    return { headlines: [], blocks: [], unchanged: details(say`Unchanged: ${name}`, divided) };
  }
  const steps = moved.map(
    (one) => say`${one} ${describe(of(was, one))} → ${describe(of(is, one))}`,
  );
  return {
    headlines: [{ weight: "review", text: say`${strong`Traffic:`} ${name}: ${joined(steps)}` }],
    blocks: divided,
    unchanged: [],
  };
}

/** A deployment that is replaced loses its requests first, and with it the whole endpoint (docs/decisions/0014). */
function interruptions(review: StackReview): Headline[] {
  const { before } = review;
  const busy = new Set(
    (before === undefined ? [] : splits(before)).flatMap(({ shares }) =>
      shares.filter(({ live }) => live > 0).map(({ deployment }) => deployment),
    ),
  );
  const gone = changesOf(review, "replace").filter(
    ({ resource, with: other }) =>
      resource.type.endsWith(":OnlineDeployment") &&
      other === undefined &&
      busy.has(String(resource.inputs["deploymentName"])),
  );
  return gone.map(({ resource, immutable }): Headline => {
    const text = say`${String(resource.inputs["deploymentName"])} serves requests and would be replaced (${immutable.join(", ")}): the whole endpoint is unavailable meanwhile; a deployment with a new name avoids this`;
    return { weight: "blocking", text: say`${strong`Traffic:`} ${text}` };
  });
}

function percents(share: Share | undefined): string {
  return `${share?.live ?? 0} ${share?.mirrored ?? 0}`;
}

function describe(share: Share | undefined): Text {
  if (share === undefined) return say`none`;
  const { live, mirrored } = share;
  return mirrored > 0 ? say`${live} % and ${mirrored} % mirrored` : say`${live} %`;
}

function percent(value: number | undefined): Text {
  return value === undefined ? say`–` : say`${value} %`;
}

/** Instances of a deployment, or pods of a track. */
function instances(graph: StackGraph | undefined, deployment: string): Text {
  for (const { type, inputs } of graph?.resources ?? []) {
    if (type.endsWith(":OnlineDeployment") && inputs["deploymentName"] === deployment) {
      return say`${shownValue(valueAt(inputs, "sku.capacity"), "page")}`;
    }
    const scaled = valueAt(inputs, "spec.scaleTargetRef.name");
    if (type.endsWith(":HorizontalPodAutoscaler") && scaled === deployment) {
      const [least, most] = ["spec.minReplicas", "spec.maxReplicas"].map((path) =>
        shownValue(valueAt(inputs, path), "page"),
      );
      return say`${least ?? ""} to ${most ?? ""}`;
    }
    const replicas = valueAt(inputs, "spec.replicas");
    const isTrack = type.endsWith(":Deployment") && valueAt(inputs, "metadata.name") === deployment;
    if (isTrack && replicas !== undefined) return say`${shownValue(replicas, "page")}`;
  }
  return say`–`;
}
