/** Says something to the user who waits. */
export type Tell = (text: string) => void;

/** Before this nobody wonders, and so often somebody who waits is told again. */
const TOLD_EVERY_MS = 2000;

/** What takes each number of bytes that was read, and says from time to time how far that is. */
export function hashProgress({
  what,
  bytes,
  tell,
  now,
}: {
  readonly what: string;
  /** How many there are altogether. */
  readonly bytes: number;
  readonly tell: Tell | undefined;
  readonly now: () => number;
}): (count: number) => void {
  let done = 0;
  let told = now();
  return (count) => {
    done += count;
    if (tell === undefined || now() - told < TOLD_EVERY_MS) return;
    told = now();
    tell(`hashing ${what}: ${inMegabytes(done)} of ${inMegabytes(bytes)} MB read`);
  };
}

function inMegabytes(bytes: number): string {
  return Math.ceil(bytes / 1e6).toLocaleString("en");
}
