// Unified social credit code 统一社会信用代码 (GB 32100-2015): 17 characters and one that checks them, without I, O, S, V and Z.

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const form = /^[1-9A-HJ-NPQRTUWXY][0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/;

export function isCreditCode(code: string): boolean {
  if (!form.test(code)) return false;
  let sum = 0;
  let weight = 1;
  for (const character of code.slice(0, 17)) {
    sum += alphabet.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return alphabet[(31 - (sum % 31)) % 31] === code[17];
}
