import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

const secret = "/(secret|token|password|signature|hmac|digest)s?$/i";

export default tseslint.config(
  { ignores: ["node_modules/", ".launchlab/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["infra/**/*.ts"],
    plugins: { "@pulumi": pulumi },
    rules: { "@pulumi/no-output-in-template-literal": "error" },
  },
  {
    files: ["app/**/*.ts"],
    ignores: ["app/secret.ts", "app/testing/**", "**/*.test.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            {
              name: "node:crypto",
              importNames: ["timingSafeEqual"],
              message: "Secrets are compared by app/secret.ts.",
            },
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "BinaryExpression[operator=/^[!=]==?$/]:not([right.type='Identifier'][right.name='undefined']):not([right.type='Literal']) > " +
            `:matches(Identifier[name=${secret}], MemberExpression[property.name=${secret}])`,
          message: "The time that this takes tells of the secret: compare it by app/secret.ts.",
        },
      ],
    },
  },
  {
    // Run by whatever Node the machine has, before any dependency is installed.
    files: ["**/*.mjs", "eslint.config.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    files: ["simulator/page/**/*.js"],
    languageOptions: {
      globals: {
        window: "readonly",
        document: "readonly",
        fetch: "readonly",
        EventSource: "readonly",
        localStorage: "readonly",
        console: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        requestAnimationFrame: "readonly",
        location: "readonly",
        history: "readonly",
        navigator: "readonly",
        matchMedia: "readonly",
        FormData: "readonly",
        URLSearchParams: "readonly",
        Intl: "readonly",
        customElements: "readonly",
        HTMLElement: "readonly",
      },
    },
  },
);
