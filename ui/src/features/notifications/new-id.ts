/** An id of something that is saved with its list. `randomUUID` exists only where the connection is secure. */
export const newId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("")
  const variant = "89ab".charAt((bytes[8] ?? 0) & 3)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
