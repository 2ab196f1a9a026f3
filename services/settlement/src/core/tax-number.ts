const characters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const shape = /^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/;

/**
 * A unified social credit code 统一社会信用代码 of GB 32100-2015, which a Chinese organisation's tax number 税号 is: two characters for who registered it and as
 * what, six digits of its place, nine of its organisation code, and one that checks them, weighted by powers of 3 modulo 31.
 */
export function isSocialCreditCode(text: string): boolean {
  if (!shape.test(text)) return false;
  let sum = 0;
  let weight = 1;
  for (const character of text.slice(0, 17)) {
    sum += characters.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return characters[(31 - (sum % 31)) % 31] === text[17];
}
