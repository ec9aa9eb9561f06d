export type Theme = "dark" | "light" | "wall"

export const currentTheme = (): Theme => {
  const theme = document.documentElement.dataset.theme
  return theme === "light" || theme === "wall" ? theme : "dark"
}

/** What was chosen last; the wall display is of an address and not of a person. */
export const storedTheme = (): Theme => {
  try {
    return localStorage.getItem("ispvm.theme") === "light" ? "light" : "dark"
  } catch {
    return "dark"
  }
}

/** Charts and the map draw with the theme's own colours: they are told. */
export const setTheme = (theme: Theme): void => {
  document.documentElement.dataset.theme = theme
  try {
    if (theme !== "wall") localStorage.setItem("ispvm.theme", theme)
  } catch {
    // Storage may be forbidden; the theme then lasts as long as the page.
  }
  globalThis.dispatchEvent(new CustomEvent("ispvm-theme", { detail: theme }))
}
