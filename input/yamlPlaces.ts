/** Where in a document: `["environment", "image"]`, `["identity", "user_assigned_identities", 0]`. */
export type KeyPath = readonly PropertyKey[];

/** The place of one value in a text, and of those below it. A tree, so that no path is written out for each value. */
export interface Places {
  /** 1-based. */
  line: number | undefined;
  /** A scalar as it is written, without quotes. */
  source: string | undefined;
  /** Makes a place below this one. */
  below(name: PropertyKey, line: number | undefined): Places;
  find(key: KeyPath): Places | undefined;
  /** The line of the last part of the key that has one. */
  nearestLine(key: KeyPath): number;
}

export function createPlaces(line?: number): Places {
  const children = new Map<string, Places>();
  const places: Places = {
    line,
    source: undefined,
    below(name, lineBelow) {
      const child = createPlaces(lineBelow);
      children.set(String(name), child);
      return child;
    },
    find([first, ...rest]) {
      return first === undefined ? places : children.get(String(first))?.find(rest);
    },
    nearestLine([first, ...rest]) {
      const child = first === undefined ? undefined : children.get(String(first));
      const inner = child?.line === undefined ? undefined : child.nearestLine(rest);
      return inner ?? places.line ?? 1;
    },
  };
  return places;
}
