// Loaded before the program and before each command (`--import`). More than a third of an evaluation is the loading of modules that it
// never uses: those of LAZY are loaded when something of them is first asked for. Source maps are read of this project's modules alone,
// and the SDK takes a stack trace of each of its promises only when they are to be printed.
import Module from "node:module";
import { setFlagsFromString } from "node:v8";

// Node 20 compiles functions for speed so early that most of them end before it has paid: this is seven times its default (`node
// --v8-options`), and takes a fifth off an evaluation. Later versions have no such option, no such loss, and ignore it.
setFlagsFromString("--interrupt-budget=500000");

/** By package: what its modules require at once, and a program rarely asks for. */
const LAZY = [
  // The automation API; npm's arborist, the TypeScript compiler and the readers of package.json, which serialise closures; and the
  // engine's interfaces, which an evaluation without it has no use for.
  [
    "/@pulumi/pulumi/",
    /^(?:\.\/automation|@npmcli\/arborist|\.\.\/\.\.\/typescript-shim|semver|@grpc\/grpc-js|@opentelemetry\/api|\.\.?\/.*_grpc_pb)$/,
  ],
  // The texts of errors in other languages.
  ["/zod/", /^\.\.\/locales\/index\.cjs$/],
  // Other schemas of dashboards.
  ["/@grafana/grafana-foundation-sdk/", /^\.\.\/dashboardv2(?:beta1)?$/],
];
/** Modules of functions that Pulumi's SDK takes out at once. */
const FUNCTIONS = /^\.\/closure\/(?:serializeClosure|codePaths)$/;
const DEBUGGABLE = /(?:^|\/)debuggable$/;

const { _load: load } = Module;
const { _compile: compile } = Module.prototype;

Module._load = function (request, parent, isMain) {
  const loaded = () => load.call(this, request, parent, isMain);
  const from = parent?.filename ?? "";
  const isLazy = LAZY.some(([folder, requests]) => from.includes(folder) && requests.test(request));
  if (isLazy) return lazily((key) => loaded()[key], loaded);
  if (!from.includes("/@pulumi/pulumi/")) return loaded();
  if (FUNCTIONS.test(request))
    return lazily(
      (key) =>
        (...args) =>
          loaded()[key](...args),
      loaded,
    );
  return DEBUGGABLE.test(request) ? withoutTraces(loaded()) : loaded();
};

function lazily(valueOf, loaded) {
  return new Proxy(
    {},
    {
      // So that compiled imports take it as it is, and do not copy what it has.
      get: (_nothing, key) => (key === "__esModule" ? true : valueOf(key)),
      has: (_nothing, key) => key in loaded(),
    },
  );
}

// Frames in packages are those of the JavaScript that is installed; most packages come without the sources that their maps name.
Module.prototype._compile = function (content, filename, ...rest) {
  const text = filename.includes("/node_modules/") ? withoutSourceMap(content) : content;
  return compile.call(this, text, filename, ...rest);
};

const MAP = "\n//# sourceMappingURL=";

/** A map in the text itself is of a file that tsx has just transformed. */
function withoutSourceMap(text) {
  const at = text.lastIndexOf(MAP);
  return at === -1 || text.startsWith("data:", at + MAP.length) ? text : text.slice(0, at);
}

/** The SDK prints the stack traces of its promises only where this variable asks for them. */
const TRACED = process.env.PULUMI_DEBUG_PROMISE_LEAKS;
const changed = new WeakSet();

function withoutTraces(debuggable) {
  const { debuggablePromise } = debuggable;
  // Without it, the module is being loaded, and is asked for in a circle.
  if (TRACED || debuggablePromise === undefined || changed.has(debuggable)) return debuggable;
  changed.add(debuggable);
  debuggable.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
  return debuggable;
}
