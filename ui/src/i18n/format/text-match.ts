/** What people typed to find a thing: every word must occur somewhere, in any order, whatever the case or the accents. */
export const matches = (query: string, ...texts: readonly (string | null)[]): boolean => {
  const terms = fold(query).split(/\s+/).filter(Boolean)
  if (terms.length === 0) return true
  const haystack = fold(texts.filter((text) => text !== null).join(" "))
  return terms.every((word) => haystack.includes(word))
}

const fold = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ı", "i")
