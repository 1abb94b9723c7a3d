import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ConfigError, errorText, UserError } from "../errors";
import { shown } from "../output";

const BIDI = [
  "\u202a",
  "\u202b",
  "\u202d",
  "\u202e",
  "\u2066",
  "\u2067",
  "\u2068",
  "\u200f",
  "\u061c",
];

describe("what a person sees", () => {
  it("is the text, with its lines and tabs", () => {
    expect(shown("Straße → «ß» 洪水 🌊\n\tnext")).toBe("Straße → «ß» 洪水 🌊\n\tnext");
  });

  it("has no escape sequence of a terminal", () => {
    expect(shown("\u001b]0;title\u0007\u001b[31mred\u009b2J\rover\b")).toBe(
      "\\u001b]0;title\\u0007\\u001b[31mred\\u009b2J\\u000dover\\u0008",
    );
  });

  it.each(BIDI)("has no character that turns the text: %j", (character) => {
    expect(shown(`a${character}b`)).toBe(
      `a\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}b`,
    );
  });

  it("has no invisible tag characters", () => {
    expect(shown("a\u{e0041}b")).toBe("a\\udb40\\udc41b");
  });

  it("stays JSON where it was JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = JSON.stringify({ text });
        return (
          json.includes("looks like") || (JSON.parse(shown(json)) as { text: string }).text === text
        );
      }),
    );
  });

  it("has no secret, and neither has an error's message", () => {
    const secret = "postgresql://app:hunter2@db.example.com/x";
    const problem = {
      file: "a\u001b.yml",
      line: 3,
      message: `is "${secret}"`,
      severity: "error",
    } as const;
    const texts = [
      shown(secret),
      new UserError(secret).message,
      errorText(new ConfigError([problem])),
    ];
    expect(texts).toEqual([
      "postgresql://app:[looks like a secret: hidden]@db.example.com/x",
      "postgresql://app:[looks like a secret: hidden]@db.example.com/x",
      'error: a\\u001b.yml:3: is "postgresql://app:[looks like a secret: hidden]@db.example.com/x"',
    ]);
  });
});
