import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Taken } from "./run";
import type { Sequence } from "./sequence";

/** Folder of this repository with the transcripts that are committed. */
export const TRANSCRIPTS = join(__dirname, "transcripts");

const answerSchema = z.strictObject({
  status: z.number().int(),
  code: z.string().exactOptional(),
  message: z.string().exactOptional(),
  operation: z.enum(["Succeeded", "Failed"]).exactOptional(),
  etag: z.string().exactOptional(),
  body: z.unknown().optional(),
  attempts: z.number().int().min(1),
  seconds: z.number().int().min(0),
});

const transcriptSchema = z.strictObject({
  sequence: z.string(),
  /** Day of the run, in UTC. */
  observedOn: z.iso.date(),
  steps: z.array(
    z.strictObject({
      name: z.string(),
      /** As in the sequence: with names in place of what differs from run to run. */
      request: z.unknown(),
      answer: answerSchema,
    }),
  ),
});

/** What Azure answered to the steps of a sequence, with nothing in it that names a subscription, a person or a key. */
export type Transcript = z.output<typeof transcriptSchema>;

/** @param masked replaces what must not be shown */
export function transcriptOf(
  { id }: Sequence,
  taken: readonly Taken[],
  observedOn: string,
  masked: (value: unknown) => unknown,
): Transcript {
  const steps = taken.map(({ step, answer }) => ({
    name: step.name,
    request: step.request,
    answer: masked(answer),
  }));
  return transcriptSchema.parse(JSON.parse(JSON.stringify({ sequence: id, observedOn, steps })));
}

export function writeTranscript(directory: string, transcript: Transcript): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${transcript.sequence}.json`);
  writeFileSync(file, `${JSON.stringify(transcript, null, 2)}\n`);
  return file;
}

/** All transcripts of a folder; none where there is no folder. @throws ZodError for a file that is none */
export function readTranscripts(directory: string = TRANSCRIPTS): Transcript[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => transcriptSchema.parse(JSON.parse(readFileSync(join(directory, name), "utf8"))));
}
