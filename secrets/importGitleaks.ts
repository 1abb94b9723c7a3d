import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { parse } from "smol-toml";
import { z } from "zod";

/**
 * Writes secrets/gitleaks.json from a `gitleaks.toml`, which is in the Go module github.com/zricethezav/gitleaks/v8
 * (MIT licence). Left out are rules that need the name of a file, and rules that secrets/ has itself with less context:
 * assignments to any name, arguments of curl, Kubernetes objects.
 */

const LEFT_OUT = [
  "generic-api-key",
  "curl-auth-header",
  "curl-auth-user",
  "kubernetes-secret-yaml",
];

const configuration = z.object({
  rules: z.array(
    z.object({
      id: z.string(),
      description: z.string(),
      regex: z.string().optional(),
      path: z.string().optional(),
      entropy: z.number().optional(),
      secretGroup: z.number().optional(),
      keywords: z.array(z.string()).optional(),
    }),
  ),
});

const command = new Command("npm run gitleaks --")
  .description("Renews the patterns of known secrets from a gitleaks.toml.")
  .argument("<toml>", "config/gitleaks.toml of the Go module")
  .argument("<version>", "its version, such as 8.30.1")
  .action((toml: string, version: string) => {
    const { rules } = configuration.parse(parse(readFileSync(toml, "utf8")));
    const kept = rules.flatMap(({ id, regex, path, keywords = [], entropy, secretGroup }) =>
      regex === undefined || path !== undefined || LEFT_OUT.includes(id)
        ? []
        : [
            {
              id,
              regex,
              keywords: keywords.map((word) => word.toLowerCase()),
              entropy,
              secretGroup,
            },
          ],
    );
    const source = `gitleaks ${version}, config/gitleaks.toml. MIT licence, Copyright (c) 2019 Zachary Rice`;
    const file = join(__dirname, "gitleaks.json");
    writeFileSync(file, `${JSON.stringify({ source, rules: kept }, null, 2)}\n`);
    console.log(`${kept.length} of ${rules.length} rules → ${file}`);
  });

command.parse();
