/** Time ranges of charts and lists. */
export const ranges = {
  label: "Time range",
  /** The presets by their key in the address. */
  spans: {
    "15m": "15 min",
    "1h": "1 h",
    "6h": "6 h",
    "24h": "24 h",
    "7d": "7 d",
    "30d": "30 d",
  },
  /** The presets of lists. */
  when: { all: "Any time", day: "Last 24 hours", week: "Last 7 days", month: "Last 30 days" },
  custom: "Custom…",
  heading: "Custom time range",
  from: "From",
  to: "To",
  zone: (zone: string) => `Times are in the time zone of this browser: ${zone}.`,
  show: "Show",
  backToLive: "Back to live",
  fixed: "Charts do not move while a custom time range is shown.",
  problem: {
    missing: "Enter a date and a time.",
    future: "Is in the future.",
    "too-old": "Is more than a year ago. Values are kept for one year.",
    "not-after-from": "Must be later than the start.",
    "too-short": "Must be at least 10 seconds later than the start.",
  },
  inAddressOf: (end: string, why: string) => `${end}: ${why}`,
  ignored: (why: string) => `The time range in the address is not valid and is ignored. ${why}`,
} as const
