/** Tags as people type them: names with commas between. */
export const tagsOf = (text: string): string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
export const tagsText = (tags: readonly string[] = []): string => tags.join(", ")
