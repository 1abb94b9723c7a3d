// Pulumi's SDK formats a stack trace for each of its promises, for a report on promises that a program leaves unsettled when
// its process ends. A test process ends for other reasons, and under Jest each trace goes through source maps: half of the
// time of a suite that declares resources.
module.exports = {
  ...require("../../../node_modules/@pulumi/pulumi/runtime/debuggable.js"),
  debuggablePromise: (promise) => promise,
};
