/** What a wall display sounds for, and the sound. */
import type { Incident } from "@ispvm/appliance/api/incidents"

/** Critical, not closed, and not explained by planned work. */
export const isAlarming = ({
  severity,
  state,
  maintenanceWindowId,
}: Pick<Incident, "severity" | "state" | "maintenanceWindowId">): boolean =>
  severity === "critical" && state !== "closed" && maintenanceWindowId === null

/**
 * Answers how many incidents are newly critical. Those that are there at first are known; one that
 * becomes critical later is new, and each is new once.
 */
export const createAlarms = (): ((incidents: Iterable<Incident>) => number) => {
  let known: Set<string> | null = null
  return (incidents) => {
    const alarming = [...incidents].filter(isAlarming).map(({ id }) => id)
    if (known === null) {
      known = new Set(alarming)
      return 0
    }
    const fresh = alarming.filter((id) => !known?.has(id))
    for (const id of fresh) known.add(id)
    return fresh.length
  }
}

export type Sound = {
  /** A browser allows sound only after a click or a key. */
  readonly enable: () => Promise<void>
  readonly isOn: () => boolean
  readonly play: () => void
}
const TONES_HZ = [880, 660, 880] as const
const TONE_S = 0.22
const VOLUME = 0.35

export const createSound = (): Sound => {
  let context: AudioContext | null = null
  const isOn = (): boolean => context?.state === "running"
  return {
    isOn,
    enable: async () => {
      context ??= new AudioContext()
      await context.resume()
    },
    play: () => {
      if (context === null || !isOn()) return
      const gain = context.createGain()
      gain.gain.value = VOLUME
      gain.connect(context.destination)
      for (const [n, frequency] of TONES_HZ.entries()) {
        const tone = context.createOscillator()
        tone.frequency.value = frequency
        tone.connect(gain)
        tone.start(context.currentTime + n * TONE_S)
        tone.stop(context.currentTime + (n + 0.8) * TONE_S)
      }
    },
  }
}
