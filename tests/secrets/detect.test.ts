import { describe, expect, it } from "@jest/globals";
import { secretKind } from "../../secrets/detect";
import { maskText } from "../../secrets/mask";
import { NAMED, SHAPED, type Sample } from "./corpus";
import { HARMLESS } from "./lookAlikes";

const missed = (samples: readonly Sample[]) =>
  samples.filter(({ name, value }) => secretKind(name, value) === undefined);
const text = ({ what, value }: Sample) => `${what}: ${value}`;

describe("the detector of secrets", () => {
  it("knows at least 300 samples", () => {
    expect(SHAPED.length + NAMED.length + HARMLESS.length).toBeGreaterThanOrEqual(300);
  });

  it("finds every secret that has a known shape, whatever it is called", () => {
    expect(missed(SHAPED).map(text)).toEqual([]);
  });

  it("hides all of a secret in the middle of a text", () => {
    const shown = SHAPED.map((sample) => ({
      sample,
      masked: maskText(`before ${sample.value} after`),
    }));
    expect(
      shown
        .filter(({ masked }) => !masked.includes("[looks like a secret: hidden]"))
        .map(({ sample }) => text(sample)),
    ).toEqual([]);
  });

  it("finds every secret that its name gives away", () => {
    expect(missed(NAMED).map(text)).toEqual([]);
  });

  it("takes fewer than 2 % of the look-alikes for secrets", () => {
    const wrong = HARMLESS.filter(({ name, value }) => secretKind(name, value) !== undefined);
    const secrets = [...SHAPED, ...NAMED];
    const recall = 1 - missed(secrets).length / secrets.length;
    const precision = secrets.length / (secrets.length + wrong.length);
    process.stderr.write(
      `secrets: ${secrets.length} samples, recall ${recall.toFixed(3)}; ${HARMLESS.length} look-alikes, ${wrong.length} false positives; precision ${precision.toFixed(3)}\n`,
    );
    expect(
      wrong.map((sample) => `${text(sample)} (${secretKind(sample.name, sample.value) ?? ""})`),
    ).toEqual([]);
  });
});
