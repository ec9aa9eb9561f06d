/**
 * Release names as MikroTik writes them: `7.22.1`, `7.23rc1`, `7.2beta4`. Beta comes before rc, rc
 * before the final.
 */
const RELEASE = /^(\d+)\.(\d+)(?:\.(\d+))?(?:(alpha|beta|rc)(\d+))?$/
const STAGES = ["alpha", "beta", "rc"]

export const isRelease = (text: string): boolean => RELEASE.test(text)

const partsOf = (release: string): readonly number[] => {
  const [, major, minor, patch, stage, number] = RELEASE.exec(release) ?? []
  return [
    Number(major),
    Number(minor),
    Number(patch ?? 0),
    stage === undefined ? STAGES.length : STAGES.indexOf(stage),
    Number(number ?? 0),
  ]
}

export const compareReleases = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (const [index, part] of left.entries())
    if (part !== right[index]) return part - (right[index] ?? 0)
  return 0
}
