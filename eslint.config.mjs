import eslint from "@eslint/js";
import regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

/** Readers of whole files, of YAML and of JSON that wait, take any size, or take names of prototypes. */
const READERS = ["readFile", "readFileSync", "createReadStream"];
const BOUNDED = "Read what people write with input/, which is bounded and refuses what is no file.";
/** What reads files of this project's own, or streams them: models can be larger than memory. */
const OWN_FILES = [
  "input/**",
  "tests/**",
  "azure/document.ts",
  "conformance/**",
  "emulator/plugin/**",
  "local/endpoint/autoscale/processorTime.ts",
  "local/endpoint/environment.ts",
  "review/commitFiles.ts",
  "review/evaluationCache.ts",
  "packaging/**",
  "secrets/importGitleaks.ts",
  "review/currentStateDocument.ts",
];

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "scoring/",
      "template/",
      "tests/fixtures/consumer/",
      ".local/",
      "coverage/",
      "eslint.config.mjs",
    ],
  },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // A component is made for its effect on the stack; its object is often not needed afterwards.
      "no-new": "off",
      "max-lines": ["error", { max: 250 }],
      "max-lines-per-function": ["error", { max: 80 }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
    },
  },
  {
    // Expressions whose time grows faster than the text: the names of the rules say which.
    files: ["**/*.ts", "**/*.mjs"],
    ignores: ["tests/**"],
    plugins: { regexp },
    rules: {
      "regexp/no-super-linear-backtracking": ["error", { report: "potential" }],
      "regexp/no-super-linear-move": ["error", { report: "potential" }],
    },
  },
  {
    files: ["**/*.ts"],
    ignores: OWN_FILES,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "node:fs", importNames: READERS, message: BOUNDED },
            { name: "node:fs/promises", importNames: READERS, message: BOUNDED },
            {
              name: "yaml",
              importNames: ["parse", "parseDocument", "parseAllDocuments"],
              message: BOUNDED,
            },
          ],
        },
      ],
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { globals: { process: "readonly", __dirname: "readonly" } },
  },
  {
    // Jest runs these; describe and it return nothing to wait for.
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    // A `describe` is one function, and a suite as long as its cases.
    files: ["tests/**/*.test.ts"],
    rules: { "max-lines": "off", "max-lines-per-function": "off" },
  },
);
