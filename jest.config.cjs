const transformer = (syntax) => [
  "@swc/jest",
  { jsc: { parser: { syntax }, target: "es2022" }, module: { type: "commonjs" } },
];

/** Types are checked by `npm run check`; tests only strip them, so that they start fast. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  testMatch: [
    "**/*.test.ts",
    // Suites that fail, hang and end themselves, for the tests of the runner.
    ...(process.env.MLSCORE_RUNNER_FIXTURES ? ["**/fixtures/runner/*.suite.ts"] : []),
  ],
  transform: {
    "^.+\\.ts$": transformer("typescript"),
    // It has ECMAScript modules alone, which Jest cannot require before Node 24.
    "/node_modules/jose/.+\\.js$": transformer("ecmascript"),
  },
  transformIgnorePatterns: ["/node_modules/(?!jose/)"],
  moduleNameMapper: {
    "^@npmcli/arborist$": "<rootDir>/tests/runner/lazy/arborist.cjs",
    "^\\./automation$": "<rootDir>/tests/runner/lazy/automation.cjs",
    "^\\./debuggable$": "<rootDir>/tests/runner/lazy/debuggable.cjs",
    "^\\.\\./\\.\\./typescript-shim$": "<rootDir>/tests/runner/lazy/typescript.cjs",
  },
  // Not in the folder for temporary files, which is another one in each run.
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  // Milliseconds: for what will never happen. A suite has a limit of its own (tests/runner/run.ts).
  testTimeout: 300_000,
};
