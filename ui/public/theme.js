// Runs before the first paint, so that nobody who chose the light theme sees a dark flash.
;(() => {
  try {
    const params = new URLSearchParams(location.search)
    const theme = params.has("wall")
      ? "wall"
      : (params.get("theme") ?? localStorage.getItem("ispvm.theme") ?? "dark")
    if (theme === "light" || theme === "dark" || theme === "wall")
      document.documentElement.dataset.theme = theme
  } catch {
    // Storage may be forbidden; the default theme stands.
  }
})()
