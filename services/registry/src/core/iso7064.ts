// ISO/IEC 7064, MOD 37,36: one check character over digits and capital letters that finds every single wrong character and nearly every swap.

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** @param text digits and capital letters only */
export function checkCharacter(text: string): string {
  let product = 36;
  for (const character of text) product = (((product + alphabet.indexOf(character)) % 36 || 36) * 2) % 37;
  return alphabet[(37 - product) % 36]!;
}
