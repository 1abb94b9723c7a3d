/**
 * For processes that run suites or evaluate stacks. Most of what they allocate is needed for a moment only: a larger young
 * generation (in MiB) is collected less often and copies less. All cores are busy with other suites, so helper threads of
 * the collector would only take turns with them.
 */
export const V8_OPTIONS = ["--max-semi-space-size=64", "--single-threaded-gc"] as const;
