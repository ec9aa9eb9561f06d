/** Over plain http on a LAN there is no clipboard API: then the old way through a selection. Throws where the browser refuses. */
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

/** A text that is still being asked for: some browsers let a page copy only within the click, so they are promised it at once. */
export const copyLater = async (text: Promise<string>): Promise<void> => {
  if (navigator.clipboard === undefined || typeof ClipboardItem === "undefined")
    return copyText(await text)
  const blob = text.then((each) => new Blob([each], { type: "text/plain" }))
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })])
}
