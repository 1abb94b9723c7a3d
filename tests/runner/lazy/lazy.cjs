// What Pulumi's SDK requires at once and the tests never ask for is loaded when it is first asked for: Jest would compile it
// anew for every suite, which is a second for each of 70 (jest.config.cjs maps the three modules to the files beside this).
module.exports = (load) =>
  new Proxy(
    {},
    {
      // So that compiled imports take the proxy as it is, and do not copy what it has.
      get: (_target, key) => (key === "__esModule" ? true : load()[key]),
      has: (_target, key) => key in load(),
    },
  );
