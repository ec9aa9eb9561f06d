/** What runs in the pages of the bench, as text: this package knows no document. */

/** Times of frames; where the shown network is, and when it was drawn. */
const FRAMES = `
globalThis.benchFrames = (() => {
  let times = null
  const tick = (at) => { if (times !== null) times.push(at); requestAnimationFrame(tick) }
  requestAnimationFrame(tick)
  return {
    start: () => { times = [] },
    stop: () => {
      const gaps = times.slice(1).map((at, n) => at - times[n])
      const tookMs = times[times.length - 1] - times[0]
      times = null
      return JSON.stringify({ frames: gaps.length, tookMs, longestMs: Math.max(...gaps) })
    },
  }
})()
const find = (root, name) => {
  const here = root.querySelector(name)
  if (here !== null) return here
  for (const each of root.querySelectorAll("*"))
    if (each.shadowRoot !== null) {
      const inside = find(each.shadowRoot, name)
      if (inside !== null) return inside
    }
  return null
}
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
globalThis.benchPainted = async (name) => {
  for (;;) {
    await frame()
    const shown = find(document, name)?.shadowRoot?.querySelector(".leaflet-container, canvas")
    if (shown == null) continue
    await frame()
    await frame()
    return performance.now()
  }
}
const graphBox = () =>
  globalThis.bareGraph ?? find(document, "ispvm-graph").shadowRoot.querySelector(".graph")
const spots = () => {
  const box = graphBox()
  const { left, top, width, height } = box.getBoundingClientRect()
  const middle = { x: left + Math.min(width, 900) / 2, y: top + height / 2 }
  const all = box._cyreg.cy.nodes().filter((node) => !node.hasClass("row")).map((node) => {
    const { x, y } = node.renderedPosition()
    return { x: x + left, y: y + top }
  })
  return { all, middle }
}
globalThis.benchSpots = () =>
  JSON.stringify(Object.fromEntries(
    graphBox()._cyreg.cy.nodes().map((node) => [node.id(), node.position()])))
const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y)
globalThis.benchNode = () => {
  const { all, middle } = spots()
  return JSON.stringify(all.reduce((best, each) => (far(each, middle) < far(best, middle) ? each : best)))
}
globalThis.benchFree = () => {
  const { all, middle } = spots()
  for (let off = 0; off < 300; off += 3) {
    const at = { x: middle.x + off, y: middle.y + off / 2 }
    if (all.every((each) => far(each, at) > 14)) return JSON.stringify(at)
  }
  return JSON.stringify(middle)
}
`

const BARE_PAGE = `
document.documentElement.style.cssText = document.body.style.cssText = "margin:0;height:100%"
const box = document.createElement("div")
box.style.cssText = "position:absolute;inset:0 320px 0 56px"
document.body.append(box)
`

/** Circles and lines on Leaflet's canvas, with the zoom steps that ours has. */
const BARE_MAP = `${BARE_PAGE}
globalThis.benchBare = ({ sites, links }) => {
  const map = L.map(box, {
    preferCanvas: true, zoomControl: false, attributionControl: false,
    minZoom: 2, maxZoom: 15, zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 110,
  })
  const at = new Map(sites.map((site) => [site.id, [site.latitude, site.longitude]]))
  map.fitBounds([...at.values()], { padding: [48, 40], maxZoom: 9 })
  for (const link of links)
    L.polyline([at.get(link.fromSite), at.get(link.toSite)], { weight: 3, color: "#36475a" }).addTo(map)
  for (const site of sites)
    L.circleMarker(at.get(site.id), { radius: 5, weight: 1, color: "#a9b8c8", fillOpacity: 1 }).addTo(map)
}
`

/** Cytoscape as it comes, with the places that ours has. */
const BARE_GRAPH = `${BARE_PAGE}
globalThis.benchBare = ({ devices, links }, spots) => {
  cytoscape({
    container: box,
    elements: [
      ...devices.map(({ id, name }) => ({ data: { id, name } })),
      ...links.map(({ id, from, to }) => ({ data: { id, source: from, target: to } })),
    ],
    style: [{ selector: "node", style: { label: "data(name)" } }],
    layout: { name: "preset", positions: spots },
  }).fit()
  globalThis.bareGraph = box
}
`

export const PAGES = { frames: FRAMES, map: BARE_MAP, graph: BARE_GRAPH } as const
