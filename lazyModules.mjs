// Loaded before the program and before each command (`--import`). A third of an evaluation is the loading of what Pulumi's SDK requires
// at once and a program never asks for: its automation API, npm's arborist and the TypeScript compiler, which serialise closures. Each is
// loaded here when something of it is first asked for. And the SDK formats a stack trace for each of its promises, through source maps,
// for a report on promises that a program leaves unsettled: here each is formatted when it is read.
import Module from "node:module";

const LAZY = new Set(["./automation", "@npmcli/arborist", "../../typescript-shim"]);
const DEBUGGABLE = /(?:^|\/)debuggable$/;

const load = Module._load;

Module._load = function (request, parent, isMain) {
  const loaded = () => load.call(this, request, parent, isMain);
  if (!parent?.filename?.includes("/@pulumi/pulumi/")) return loaded();
  if (DEBUGGABLE.test(request)) return withLazyTraces(loaded());
  if (!LAZY.has(request)) return loaded();
  return new Proxy(
    {},
    {
      // So that compiled imports take it as it is, and do not copy what it has.
      get: (_nothing, key) => (key === "__esModule" ? true : loaded()[key]),
      has: (_nothing, key) => key in loaded(),
    },
  );
};

const changed = new WeakSet();

function withLazyTraces(debuggable) {
  const { debuggablePromise } = debuggable;
  // Without it, the module is being loaded, and is asked for in a circle.
  if (debuggablePromise === undefined || changed.has(debuggable)) return debuggable;
  changed.add(debuggable);
  debuggable.debuggablePromise = (promise, context) => {
    const created = new Error();
    const { stackTraceLimit } = Error;
    // The SDK defines the property in a way that only one who defined it before can change.
    Object.defineProperty(promise, "_debugStackTrace", { configurable: true, value: "" });
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
      Object.defineProperty(promise, "_debugStackTrace", { get: () => created.stack });
    }
  };
  return debuggable;
}
