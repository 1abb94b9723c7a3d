// Loaded before an evaluation for a review (evaluate.ts), which shows no stack traces: source maps, which Pulumi's stack trace for every
// resource would look up, are off.
import "../lazyModules.mjs";

process.setSourceMapsEnabled(false);
