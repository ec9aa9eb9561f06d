/** Which columns of the devices a person has hidden: a habit of theirs, not part of an address. */
const STORED = "ispvm.devices.hidden-columns"

export const readHiddenColumns = (storage: Pick<Storage, "getItem">): ReadonlySet<string> => {
  try {
    return new Set((storage.getItem(STORED) ?? "").split(",").filter(Boolean))
  } catch {
    // Storage may be forbidden; every column is shown then.
    return new Set()
  }
}
export const writeHiddenColumns = (
  storage: Pick<Storage, "setItem">,
  hidden: ReadonlySet<string>,
): void => {
  try {
    storage.setItem(STORED, [...hidden].join(","))
  } catch {
    // The choice lasts as long as the page.
  }
}

export const toggled = (set: ReadonlySet<string>, key: string): ReadonlySet<string> => {
  const next = new Set(set)
  if (!next.delete(key)) next.add(key)
  return next
}
