/**
 * Password strength from 0 (too short) to 4. Only a hint; the appliance requires only the length.
 */
export const passwordStrength = (password: string): 0 | 1 | 2 | 3 | 4 => {
  if (password.length < 12) return 0
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) =>
    kind.test(password),
  ).length
  const distinct = new Set(password).size
  if (distinct < 6) return 1
  const score = distinct + kinds * 2 + (password.length - 12) / 2
  return score < 13 ? 1 : score < 17 ? 2 : score < 21 ? 3 : 4
}
