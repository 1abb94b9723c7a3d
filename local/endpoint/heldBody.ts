/** Bodies of mirrored requests, and of answers to compare, while they are needed; bounded one by one and all together. */

/** Bytes of all of them at once. */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
let heldBytes = 0;

/** Bytes that are held now. */
export function mirroredBytesHeld(): number {
  return heldBytes;
}

export interface HeldBody {
  /** Gives up the whole body when it becomes too large. */
  add(chunk: Buffer): void;
  /** All that was added; undefined when it was given up. */
  whole(): Buffer | undefined;
  /** Gives it up. May be called again. */
  drop(): void;
}

export function holdBody(maxBytes: number): HeldBody {
  let chunks: Buffer[] | undefined = [];
  let bytes = 0;
  const drop = () => {
    heldBytes -= bytes;
    bytes = 0;
    chunks = undefined;
  };
  return {
    add(chunk) {
      if (chunks === undefined) return;
      chunks.push(chunk);
      bytes += chunk.length;
      heldBytes += chunk.length;
      if (bytes > maxBytes || heldBytes > MAX_TOTAL_BYTES) drop();
    },
    whole: () => (chunks === undefined ? undefined : Buffer.concat(chunks)),
    drop,
  };
}
