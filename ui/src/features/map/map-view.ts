/** The map view in the URL: "39.1,32.8,6". */
export type MapView = {
  readonly latitude: number
  readonly longitude: number
  readonly zoom: number
}

export const readView = (text: string | null): MapView | null => {
  const [latitude, longitude, zoom] = (text ?? "").split(",").map(Number)
  if (latitude === undefined || longitude === undefined || zoom === undefined) return null
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && zoom >= 0 && zoom <= 20))
    return null
  return { latitude, longitude, zoom }
}

/** As many digits as a pixel needs at that zoom. */
export const viewText = ({ latitude, longitude, zoom }: MapView): string => {
  const digits = Math.max(2, Math.min(6, Math.round(zoom / 3) + 1))
  return [
    latitude.toFixed(digits),
    longitude.toFixed(digits),
    String(Math.round(zoom * 4) / 4),
  ].join(",")
}
