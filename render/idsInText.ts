/** An id of a resource or of a resource group; behind a further slash it is part of an address of another kind. */
const ID =
  /((?<!\/)\/subscriptions\/[\w-]+\/resourceGroups\/[\w.()-]+(?:\/providers\/[\w.-]+(?:\/[\w.()-]+)+)?)/i;

/**
 * A text with ids in it, such as an address in the portal or a workbook's JSON, as an expression that puts it together.
 *
 * @param expressionOf - expression of an id, in brackets
 * @returns undefined where the text is an id itself, or has none that is known
 */
export function withIdsInText(
  text: string,
  expressionOf: (id: string) => string | undefined,
): string | undefined {
  const pieces = text.split(ID);
  if (pieces.length === 1 || pieces[0] === "") return undefined;
  const parts = pieces.map((piece, index) => {
    const known = index % 2 === 1 ? expressionOf(piece) : undefined;
    return known === undefined ? `'${piece.replaceAll("'", "''")}'` : known.slice(1, -1);
  });
  if (parts.every((part) => part.startsWith("'"))) return undefined;
  return `[concat(${parts.filter((part) => part !== "''").join(", ")})]`;
}
