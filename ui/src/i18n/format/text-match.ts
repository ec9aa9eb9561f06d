/** Text search: every word must occur, in any order, regardless of case and accents. */
export const matches = (query: string, ...texts: readonly (string | null)[]): boolean => {
  const terms = fold(query).split(/\s+/).filter(Boolean)
  if (terms.length === 0) return true
  const haystack = fold(texts.filter((text) => text !== null).join(" "))
  return terms.every((word) => haystack.includes(word))
}

const fold = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ı", "i")
