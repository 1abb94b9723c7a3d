/** A subscription as its owner left it, before a stack comes: what ARM's reads answer, prepared by a test or made sound. */
export interface PreparedSubscription {
  /** What a GET answers, by path without its query; any case of letters. */
  readonly documents: Readonly<Record<string, unknown>>;
  /** Lists: the pages that a GET answers, by path. */
  readonly lists: Readonly<Record<string, readonly unknown[]>>;
  /** Names that somebody else has in all of Azure, by resource type. */
  readonly takenNames: Readonly<Record<string, readonly string[]>>;
  /** Types that a policy of the tenant denies, with the assignment's name. */
  readonly deniedTypes: Readonly<Record<string, string>>;
  /** Azure ML workspaces that are soft-deleted. */
  readonly deletedWorkspaces: readonly string[];
  /** Refusals by the beginning of the path: status and code. */
  readonly refusals: Readonly<Record<string, readonly [status: number, code: string]>>;
}
