import { expect, it } from "@jest/globals";
import { observations } from "../../conformance/observations";
import type { Sequence, Step } from "../../conformance/sequence";
import { assumptionsDocument, decidingSequences } from "../../conformance/document";
import { readTranscripts, type Transcript } from "../../conformance/transcript";

const read: Step = {
  name: "a read",
  request: { method: "GET", path: "/a" },
  expected: { status: 200, traffic: { blue: 100 } },
  proves: ["endpoint-traffic-sum", "endpoint-patch"],
};
const write: Step = {
  name: "a write",
  request: { method: "PUT", path: "/a", body: { x: 1 } },
  expected: { status: 200 },
  proves: ["endpoint-patch"],
};
const sequence: Sequence = { id: "one", title: "One", needsFixture: false, steps: [read, write] };

const answer = { status: 200, attempts: 1, seconds: 0 };
const body = { properties: { traffic: { blue: 100, green: 0 } } };
const readStep = {
  name: "a read",
  request: { method: "GET", path: "/a" },
  answer: { ...answer, body },
};
const writeStep = {
  name: "a write",
  request: { method: "PUT", path: "/a", body: { x: 1 } },
  answer,
};
const transcript = (...steps: Transcript["steps"]): Transcript[] => [
  { sequence: "one", observedOn: "2026-12-01", steps },
];
const observed = (transcripts: Transcript[]) =>
  Object.fromEntries(observations([sequence], transcripts));
const agrees = { agrees: true, on: "2026-12-01", differences: [] };

it("observes nothing without a transcript", () => {
  expect(observed([])).toEqual({});
});

it("observes what each deciding step of a transcript shows", () => {
  expect(observed(transcript(readStep, writeStep))).toEqual({
    "endpoint-traffic-sum": agrees,
    "endpoint-patch": agrees,
  });
});

it("does not observe what is only shown in part", () => {
  expect(observed(transcript(readStep))).toEqual({ "endpoint-traffic-sum": agrees });
});

it("takes no answer to another request than the step's", () => {
  const other = { ...readStep, request: { method: "GET", path: "/b" } };
  expect(observed(transcript(other, writeStep))).toEqual({});
});

it("contradicts an assumption by one answer that differs, and says in what", () => {
  const otherwise = { ...writeStep, answer: { ...answer, status: 409 } };
  expect(observed(transcript(readStep, otherwise))).toEqual({
    "endpoint-traffic-sum": agrees,
    "endpoint-patch": {
      agrees: false,
      on: "2026-12-01",
      differences: ["a write: status is 409 and not 200"],
    },
  });
});

it("finds no committed transcript that contradicts an assumption; where there is one, change the emulator and the code", () => {
  const found = observations(decidingSequences, readTranscripts());
  expect([...found].filter(([, { agrees: same }]) => !same)).toEqual([]);
});

it("turns the state of an assumption into observed with its date, or contradicted", () => {
  const steps = decidingSequences
    .find(({ id }) => id === "endpoint-creation")!
    .steps.map((step) => ({
      name: step.name,
      request: step.request,
      answer: { ...answer, status: step.expected.status, code: step.expected.code },
    }));
  const document = assumptionsDocument([
    { sequence: "endpoint-creation", observedOn: "2026-12-01", steps } as Transcript,
  ]);
  expect(document).toContain(
    "- State: **observed** on 2026-12-01; before: **reported**: cloudquery",
  );
  // The answers above tell of no operation.
  expect(document).toContain(
    '- State: **contradicted** on 2026-12-01 (a creation: operation is absent and not "Succeeded"); before: **documented**: Microsoft Learn, Track',
  );
});
