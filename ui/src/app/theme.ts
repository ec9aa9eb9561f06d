export type Theme = "dark" | "light" | "wall"

export const currentTheme = (): Theme => {
  const theme = document.documentElement.dataset.theme
  return theme === "light" || theme === "wall" ? theme : "dark"
}

/** The last choice. The wall display belongs to an address, not to a user. */
export const storedTheme = (): Theme => {
  try {
    return localStorage.getItem("ispvm.theme") === "light" ? "light" : "dark"
  } catch {
    return "dark"
  }
}

/** Charts and the map use the colours of the theme, so they are notified. */
export const setTheme = (theme: Theme): void => {
  document.documentElement.dataset.theme = theme
  try {
    if (theme !== "wall") localStorage.setItem("ispvm.theme", theme)
  } catch {
    // Storage may be blocked. The theme then lasts until the page is closed.
  }
  globalThis.dispatchEvent(new CustomEvent("ispvm-theme", { detail: theme }))
}
