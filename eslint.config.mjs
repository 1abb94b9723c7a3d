import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "scoring/", ".local/", "coverage/", "eslint.config.mjs"] },
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
