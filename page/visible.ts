/**
 * Characters that cannot be seen, or that make others be seen in another order than they are in: controls, formats (changes
 * of direction among them), separators of lines, and what Unicode has given to nobody.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** With invisible characters written out: `\u{202e}`; a line break becomes a space. */
export function visible(value: string): string {
  return value
    .replace(/\r\n|\r|\n|\t/g, " ")
    .replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
