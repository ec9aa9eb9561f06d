/** The environment of the UI's tests. No other test reads it. */

/** Where pictures are kept; without it, none is taken. */
export const pictureFolder = (): string | undefined => process.env.ISPVM_SCREENS || undefined

export const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]],
    ),
  )

/** Runs `work` in another time zone. */
export const inTimeZone = (zone: string, work: () => void): void => {
  const before = process.env.TZ
  process.env.TZ = zone
  try {
    work()
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
}
