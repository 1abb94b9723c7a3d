/**
 * Something about Azure (or Kubernetes) that the program or its emulator relies on, and that only the service itself can
 * prove. The keys of the lists in this folder are the ids: code names them where it depends on one, above all where the
 * emulator refuses something.
 */
export interface Assumption {
  /** One sentence about what the service does, as the code takes it to be. */
  readonly statement: string;
  readonly evidence: Evidence;
  /**
   * How to check it where no conformance sequence does: a test by its path, or what to do and what to check. Left out
   * for what a sequence checks.
   */
  readonly check?: string;
  /** Paths of this repository that depend on it without naming its id. */
  readonly dependents?: readonly string[];
}

export type Evidence =
  /** Official documentation, or types and code that the service's owner publishes. */
  | { readonly state: "documented"; readonly source: string }
  /** Somebody met it and wrote it down: an issue or a support thread. */
  | { readonly state: "reported"; readonly source: string }
  /** No public source confirms or denies it; `note` says what sources there are, and what they suggest. */
  | { readonly state: "unproved"; readonly note?: string };

export function documented(source: string): Evidence {
  return { state: "documented", source };
}

export function reported(source: string): Evidence {
  return { state: "reported", source };
}

export function unproved(note?: string): Evidence {
  return note === undefined ? { state: "unproved" } : { state: "unproved", note };
}
