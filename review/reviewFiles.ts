import { comment, SIGNS } from "./comment";
import { plainText } from "./document";
import type { Review } from "./model";
import { page } from "./page";
import { reportOf } from "./report";

/** A review as it is given to people. */
export interface Written {
  /** One line for a terminal. */
  readonly verdict: string;
  /** Text by file name. */
  readonly files: Readonly<Record<"review.md" | "review.html", string>>;
}

export async function written(review: Review): Promise<Written> {
  const report = reportOf(review);
  return {
    verdict: `${SIGNS[report.weight]} ${plainText(report.verdict)}`,
    files: { "review.md": comment(report), "review.html": await page(report) },
  };
}
