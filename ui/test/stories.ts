/**
 * Sample incidents with a computed diagnosis, one per state of the page. Each sets up a network and
 * an open incident.
 */
import { makeAgent } from "./make.ts"
import { AGENT, at, type Story } from "./story-builders.ts"
import { full } from "./story-full.ts"
import { cut, indistinguishable, likely, two } from "./story-links.ts"
import { old, over, rechecking } from "./story-phases.ts"
import { agent, site } from "./story-sites.ts"

/** The agent is connected to the first router of the tree. */
const withAgent =
  (story: Story): Story =>
  (work) => {
    work.agents = [makeAgent(0, { name: AGENT.name, deviceId: at(work.network.devices, 0).id })]
    story(work)
  }

export const STORIES = {
  cut: withAgent(cut),
  indistinguishable: withAgent(indistinguishable),
  likely: withAgent(likely),
  two: withAgent(two),
  site: withAgent(site),
  agent: withAgent(agent),
  rechecking: withAgent(rechecking),
  full: withAgent(full),
  old: withAgent(old),
  over: withAgent(over),
} satisfies Record<string, Story>
export type StoryName = keyof typeof STORIES
/** The number of routers of a story's network, if it is not the default. */
export const STORY_SIZE: Partial<Record<StoryName, number>> = { full: 240 }
