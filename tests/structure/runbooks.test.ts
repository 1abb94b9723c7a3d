import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ALERTS } from "../alerts/allAlerts";

/** The runbooks: complete, found from the alerts and from docs/operations.md, with commands and links that there are. */

const PROJECT = join(__dirname, "..", "..");
const FOLDER = join(PROJECT, "docs", "runbooks");
const files = readdirSync(FOLDER).sort();
const textOf = (file: string) => readFileSync(join(FOLDER, file), "utf8");
const { scripts } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

describe("an alert", () => {
  it.each(ALERTS.map(({ name, runbook }) => [name, `${runbook}.md`]))(
    "%s has a runbook that names it",
    (name, file) => {
      expect(files).toContain(file);
      expect(textOf(file)).toContain(`\`${name}\``);
    },
  );

  it("is named by its runbook alone", () => {
    const named = files.flatMap((file) =>
      [...(/^Alerts: (.*)\.$/m.exec(textOf(file))?.[1] ?? "").matchAll(/`(\w+)`/g)].map(
        ([, name]) => [name, file],
      ),
    );
    expect(named.sort()).toEqual(ALERTS.map(({ name, runbook }) => [name, `${runbook}.md`]).sort());
  });
});

describe.each(files)("the runbook %s", (file) => {
  const text = textOf(file);

  it("has every part, in order, and says what was tried", () => {
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
      "Symptom",
      "Be sure",
      "Command",
      "What you see",
      "Decision",
      "After",
    ]);
    expect(text).toMatch(/^Tried: \S/m);
  });

  it("is linked from docs/operations.md", () => {
    const operations = readFileSync(join(PROJECT, "docs", "operations.md"), "utf8");
    expect(operations).toContain(`(runbooks/${file})`);
  });

  it("has commands of this project that there are", () => {
    const commands = [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name ?? "");
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("links to runbooks that there are", () => {
    const links = [...text.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, link]) => link);
    expect(links.filter((link) => link !== undefined && !files.includes(link))).toEqual([]);
  });
});
