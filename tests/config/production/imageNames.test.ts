import { describe, expect, it } from "@jest/globals";
import { gitSource } from "../../../config/production/gitSource";
import { hostOf, imageDigest } from "../../../config/production/imageNames";
import { faults } from "./harness";

/** Does not prove that a registry or a repository takes what is accepted here. */

const DIGEST = `@sha256:${"b".repeat(64)}`;
const COMMIT = "c".repeat(40);

const messages = (schema: typeof imageDigest, input: string) =>
  schema.safeParse(input).error?.issues.map(({ message }) => message) ?? [];

describe("names of images", () => {
  it.each([
    "gauge",
    "team/gauge__x",
    "localhost/gauge",
    "registry.example.org:65535/gauge",
    `${"a".repeat(63)}.example.org/gauge`,
    `h.io/${"a".repeat(250)}`,
  ])("may be %s", (name) => {
    expect(messages(imageDigest, name + DIGEST)).toEqual([]);
  });

  it.each([
    ["registry.example.org:65536/gauge", '"65536" is not a port'],
    ["registry.example.org:0/gauge", '"0" is not a port'],
    ["registry..example.org/gauge", "is not a host name"],
    ["registry-.example.org/gauge", "is not a host name"],
    [`${"a".repeat(64)}.example.org/gauge`, "is not a host name"],
    [`h.io/${"a".repeat(251)}`, "has a name of 256 characters; at most 255"],
    ["team/gauge___x", "must be an image with its digest"],
    ["Team/gauge", "must be an image with its digest"],
    ["team//gauge", "must be an image with its digest"],
  ])("may not be %s", (name, words) => {
    expect(messages(imageDigest, name + DIGEST)).toEqual([expect.stringContaining(words)]);
  });

  it.each([
    `user:hunter2@h.io/gauge${DIGEST}`,
    "user:hunter2@h.io/gauge",
    `https://user:hunter2@h.io/gauge`,
    `gauge${DIGEST}@hunter2`,
  ])("are not shown where they hold a password: %s", async (digest) => {
    const found = await faults({ image: { digest } });
    expect(found).toEqual([
      "image.digest: must be name@sha256:…: no scheme, no user name or password, and nothing after the @ but the digest",
    ]);
  });

  it("begin with a host where it has a dot, a port, or is localhost", () => {
    expect(
      ["h.io/a", "h:5000/a", "localhost/a", "team/a", "a.b"].map((name) => hostOf(name + DIGEST)),
    ).toEqual(["h.io", "h:5000", "localhost", undefined, undefined]);
  });
});

describe("the source of an agent pool's build", () => {
  const at = (address: string, place = `${COMMIT}:scoring`) => `${address}#${place}`;

  it.each([
    at("https://git.example.org/team/r.git"),
    at("https://git.example.org:8443/r.git"),
    at("https://GitHub.com/team/r.git", `${COMMIT}:a/b-c/.d`),
    at("https://git.example.org/My%20Project/_git/r"),
  ])("may be %s", (source) => {
    expect(messages(gitSource, source)).toEqual([]);
  });

  it.each([
    "https://user:hunter2@git.example.org/r.git",
    "https://hunter2@git.example.org/r.git",
    "https://:hunter2@git.example.org/r.git",
    "https://a b:hunter2@git.example.org/r.git",
    "ssh://git:hunter2@git.example.org/r.git",
    "https://git.example.org/r.git?token=hunter2",
    "https:// hunter2/r.git",
    "git@git.example.org:hunter2/r.git",
  ])("is refused and not shown: %s", (address) => {
    const found = messages(gitSource, at(address));
    expect(found).toHaveLength(1);
    expect(found.join()).not.toMatch(/hunter2|\{value\}/);
  });

  it.each([
    ["another scheme", at("http://git.example.org/r.git")],
    ["no host", at("https:///r.git")],
    ["a host with an empty label", at("https://git..org/r.git")],
    ["a port that is none", at("https://git.example.org:99999/r.git")],
    ["no path", at("https://git.example.org")],
    ["an empty path", at("https://git.example.org/")],
    ["a way up", at("https://git.example.org/a/../r.git")],
    ["a way up in disguise", at("https://git.example.org/a/%2e%2E/r.git")],
    ["a slash in disguise", at("https://git.example.org/a%2Fr.git")],
    ["a colon in its path", at("https://git.example.org/a:b/r.git")],
    ["a dollar sign", at("https://git.example.org/$r.git")],
    ["a command", at("https://git.example.org/r.git`x`")],
    ["a blank", at("https://git.example.org/r .git")],
    ["a line break", at("https://git.example.org/r.git\n")],
    ["a way up in its folder", at("https://git.example.org/r.git", `${COMMIT}:../x`)],
    ["an absolute folder", at("https://git.example.org/r.git", `${COMMIT}:/x`)],
    ["a second colon", at("https://git.example.org/r.git", `${COMMIT}:a:b`)],
    ["a second fragment", at("https://git.example.org/r.git", `${COMMIT}:a#b`)],
    ["no commit", at("https://git.example.org/r.git", ":scoring")],
    ["a short commit", at("https://git.example.org/r.git", "ccccccc:scoring")],
  ])("is refused with %s", (_what, source) => {
    expect(messages(gitSource, source)).toHaveLength(1);
  });
});
