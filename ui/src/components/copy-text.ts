/**
 * Without TLS there is no clipboard API; then the text is copied through a selection. Throws if the
 * browser refuses.
 */
export const copyText = async (text: string): Promise<void> => {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  const area = document.createElement("textarea")
  area.value = text
  document.body.append(area)
  area.select()
  const isCopied = document.execCommand("copy")
  area.remove()
  if (!isCopied) throw new DOMException("The browser refused to copy.", "NotAllowedError")
}

/**
 * Copies a text that is still being loaded. Some browsers allow a copy only during the click, so
 * they get a promise at once.
 */
export const copyLater = async (text: Promise<string>): Promise<void> => {
  if (navigator.clipboard === undefined || typeof ClipboardItem === "undefined")
    return copyText(await text)
  const blob = text.then((each) => new Blob([each], { type: "text/plain" }))
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })])
}
