// Loaded before an evaluation (evaluate.ts). A third of one is the loading of what Pulumi's SDK requires at once and a
// program's evaluation never asks for: its automation API, npm's arborist and the TypeScript compiler, which serialise
// closures. Each is loaded here when something of it is first asked for. Source maps, which Pulumi's stack trace for every
// resource would look up, are off.
import Module from "node:module";

const LAZY = new Set(["./automation", "@npmcli/arborist", "../../typescript-shim"]);

const load = Module._load;

Module._load = function (request, parent, isMain) {
  const loaded = () => load.call(this, request, parent, isMain);
  if (!LAZY.has(request) || !parent?.filename.includes("/@pulumi/pulumi/")) return loaded();
  return new Proxy(
    {},
    {
      // So that compiled imports take it as it is, and do not copy what it has.
      get: (_nothing, key) => (key === "__esModule" ? true : loaded()[key]),
      has: (_nothing, key) => key in loaded(),
    },
  );
};

process.setSourceMapsEnabled(false);
