import type { Section } from "../document";
import { details, list, say, strong } from "../document";
import { exposures, type Exposure } from "../exposures";
import { isRenamed, type StackReview } from "../model";

/** What can be reached from the internet, and what can no longer. */
export function exposureSection(review: StackReview): Section {
  const { before, after } = review;
  const olds = before === undefined ? [] : exposures(before);
  const news = after === undefined ? [] : exposures(after);
  const isNews = ({ resource }: Exposure) => !isRenamed(review, resource);
  const added = without(news, olds).filter(isNews);
  const gone = without(olds, news).filter(isNews);
  const unchanged = news.filter((one) => !added.includes(one));
  return {
    title: "Public exposure",
    headlines: [
      ...added.map(({ way, text }) => ({
        weight: way === "in" ? ("blocking" as const) : ("review" as const),
        text: say`${strong`Public:`} ${text}`,
      })),
      ...gone.map(({ text }) => ({
        weight: "note" as const,
        text: say`No longer public: ${text}`,
      })),
    ],
    blocks: list([
      ...added.map(({ text }) => say`${strong`new`}: ${text}`),
      ...gone.map(({ text }) => say`${strong`removed`}: ${text}`),
    ]),
    unchanged: details(
      say`Unchanged: ${unchanged.length}`,
      list(unchanged.map(({ text }) => text)),
    ),
  };
}

function without(all: readonly Exposure[], others: readonly Exposure[]): Exposure[] {
  return all.filter(({ key }) => !others.some((other) => other.key === key));
}
