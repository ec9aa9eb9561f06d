/**
 * The wall display: dark, large, without the app shell. It is in the URL, so that a screen keeps it
 * over a restart.
 */
export const WALL = "wall"

export const isWallRequested = (search: string): boolean => new URLSearchParams(search).has(WALL)

/** The same address with the wall display on or off. */
export const wallAddress = (path: string, search: string, on: boolean): string => {
  const params = new URLSearchParams(search)
  params.delete(WALL)
  const others = params.toString()
  const query = [...(others === "" ? [] : [others]), ...(on ? [WALL] : [])].join("&")
  return query === "" ? path : `${path}?${query}`
}
