// The engine would check the types of the whole pack at every preview; `npm run check` has done that.
require("tsx/cjs");
require("./index.ts");
