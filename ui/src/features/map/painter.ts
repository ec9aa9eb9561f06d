/**
 * Draws a plan, in steps between which it may pause: lines in batches of one style, marks from pictures drawn once, names with a halo so
 * that a line behind does not run through the letters.
 */
import type { Status } from "@ispvm/appliance/api/shared"
import { STATUS_ORDER, STATUS_SHAPES } from "../../components/status-shape.ts"
import { DASH } from "../network/link-style.ts"
import type { Point } from "./geometry.ts"
import { HIT_PX } from "./hits.ts"
import {
  type DrawnLink,
  type DrawnMark,
  type DrawnName,
  hasLoad,
  type NameText,
  type Plan,
} from "./plan.ts"
import type { NetworkTones } from "./tones.ts"

type Pen = CanvasRenderingContext2D
const DIMMED = { line: 0.16, mark: 0.25 } as const
const CAUSE_PX = 3
/** Dashes are defined for this line width and scale with it. */
const WIDTH_OF_DASH = 4
const RING_GAP_PX = 6
/** Shapes are drawn in a box of this side. */
const SHAPE_BOX = 12
const SPRITE_MARGIN_PX = 3
/** A longer path of many lines costs more than several short ones. */
const MAX_LINES = 64
/** How many are painted before a pause. */
const STEP = { marks: 100, names: 20 } as const

type Stroke = {
  readonly layer: number
  readonly color: string
  readonly width: number
  readonly dash: readonly number[]
  readonly alpha: number
  readonly paths: Path2D[]
  /** Between clusters there are many links, one on the other. */
  readonly ends: Map<number, Set<number>>
  lines: number
}

/** One number for a point, exact to a quarter of a pixel of the largest world. */
const keyOf = ({ x, y }: Point): number => Math.round(x * 4) * 2 ** 26 + Math.round(y * 4)
const isNew = (ends: Map<number, Set<number>>, from: number, to: number): boolean => {
  const known = ends.get(from)
  if (known?.has(to) === true) return false
  if (known === undefined) ends.set(from, new Set([to]))
  else known.add(to)
  return true
}

/** Lines that look the same, as few paths; lower layers first. */
class Strokes {
  readonly #all = new Map<string, Stroke>()
  add(style: Omit<Stroke, "paths" | "ends" | "lines">, a: Point, b: Point): void {
    const key = `${style.layer} ${style.color} ${style.width} ${style.alpha} ${style.dash.join()}`
    let stroke = this.#all.get(key)
    if (stroke === undefined) {
      stroke = { ...style, paths: [], ends: new Map(), lines: 0 }
      this.#all.set(key, stroke)
    }
    if (!isNew(stroke.ends, keyOf(a), keyOf(b))) return
    if (stroke.lines % MAX_LINES === 0) stroke.paths.push(new Path2D())
    stroke.lines += 1
    const path = stroke.paths[stroke.paths.length - 1]
    path?.moveTo(a.x, a.y)
    path?.lineTo(b.x, b.y)
  }
  *draw(pen: Pen): Iterable<void> {
    for (const stroke of [...this.#all.values()].sort((a, b) => a.layer - b.layer)) {
      pen.strokeStyle = stroke.color
      pen.lineWidth = stroke.width
      pen.globalAlpha = stroke.alpha
      pen.lineCap = stroke.dash.length === 0 && stroke.layer % 2 === 0 ? "round" : "butt"
      pen.setLineDash([...stroke.dash])
      for (const path of stroke.paths) {
        pen.stroke(path)
        yield
      }
    }
    pen.globalAlpha = 1
    pen.setLineDash([])
  }
}

export class Painter {
  readonly #tones: NetworkTones
  readonly #sprites = new Map<string, HTMLCanvasElement>()
  readonly #widths = new Map<string, number>()

  constructor(tones: NetworkTones) {
    this.#tones = tones
  }

  *links(pen: Pen, links: readonly DrawnLink[], selected: string): Iterable<void> {
    const strokes = new Strokes()
    const { focus, load, full } = this.#tones
    for (const link of links) {
      const { mark, a, b, middle } = link
      const layer = layerOf(link)
      const alpha = mark.dimmed ? DIMMED.line : 1
      const width = mark.widthPx + (mark.isCause ? CAUSE_PX : 0)
      const dash = DASH[mark.status].map((px) => px * Math.max(1, width / WIDTH_OF_DASH))
      if (mark.id === selected)
        strokes.add(
          { layer: -2, color: focus, width: 2 * HIT_PX.link, dash: [], alpha: 0.34 },
          a,
          b,
        )
      strokes.add({ layer, color: this.#lineColor(mark.status), width, dash, alpha }, a, b)
      if (!hasLoad(link)) continue
      const half = (px: number, isFull: boolean, from: Point, to: Point): void => {
        if (px === 0) return
        const color = isFull ? full : load
        // Widths in steps of half a pixel are fewer batches, and look the same.
        const width = Math.max(1, Math.round(px * 2) / 2)
        strokes.add({ layer: layer + 1, color, width, dash: [], alpha }, from, to)
      }
      half(mark.outPx, mark.outFull, a, middle)
      half(mark.backPx, mark.backFull, middle, b)
    }
    yield
    yield* strokes.draw(pen)
  }

  /** The most important ones last, so that none hides them. */
  *marks(pen: Pen, marks: Plan["marks"], selected: string): Iterable<void> {
    for (const [n, mark] of marks.toReversed().entries()) {
      if (n % STEP.marks === STEP.marks - 1) yield
      pen.globalAlpha = mark.dimmed ? DIMMED.mark : 1
      const sprite = this.#sprite(mark, pen)
      const side = mark.sizePx + 2 * SPRITE_MARGIN_PX
      pen.drawImage(sprite, mark.x - side / 2, mark.y - side / 2, side, side)
      if (mark.isCause) this.#ring(pen, mark, this.#tones.status.down, 3)
      else if (mark.sites.length === 1 && mark.id === selected)
        this.#ring(pen, mark, this.#tones.strong, 2)
    }
    pen.globalAlpha = 1
  }

  *names(pen: Pen, names: readonly DrawnName[]): Iterable<void> {
    const { land, haloPx } = this.#tones
    pen.textBaseline = "middle"
    pen.textAlign = "left"
    pen.lineJoin = "round"
    pen.strokeStyle = land
    pen.lineWidth = haloPx
    for (const [n, { mark, text, fraction, box }] of names.entries()) {
      if (n % STEP.names === STEP.names - 1) yield
      const isStrong = STRONG.has(mark.status)
      const y = box.y + box.height / 2
      pen.globalAlpha = mark.dimmed ? DIMMED.mark : 1
      pen.font = this.#font(isStrong)
      pen.strokeText(text, box.x, y)
      pen.fillStyle = isStrong ? this.#tones.strong : this.#tones.text
      pen.fillText(text, box.x, y)
      if (fraction === "") continue
      const at = box.x + this.#measured(pen, text, isStrong) + FRACTION_GAP_PX
      pen.font = this.#font(true)
      pen.strokeText(fraction, at, y)
      pen.fillStyle = SOFT.has(mark.status) ? this.#tones.soft : this.#tones.fault
      pen.fillText(fraction, at, y)
    }
    pen.globalAlpha = 1
  }
  /** For `namesOf`. */
  widthOf(pen: Pen, { text, fraction }: NameText, status: Status): number {
    const own = this.#measured(pen, text, STRONG.has(status))
    return fraction === "" ? own : own + FRACTION_GAP_PX + this.#measured(pen, fraction, true)
  }

  #measured(pen: Pen, text: string, isStrong: boolean): number {
    const key = isStrong ? `*${text}` : text
    const known = this.#widths.get(key)
    if (known !== undefined) return known
    pen.font = this.#font(isStrong)
    const { width } = pen.measureText(text)
    this.#widths.set(key, width)
    return width
  }
  #font(isStrong: boolean): string {
    const { weight, fontPx, fontFamily } = this.#tones
    return `${isStrong ? weight.strong : weight.medium} ${fontPx}px ${fontFamily}`
  }
  #lineColor(status: Status): string {
    return status === "ok" ? this.#tones.link : this.#tones.status[status]
  }

  #ring(pen: Pen, { x, y, sizePx }: DrawnMark, color: string, width: number): void {
    pen.strokeStyle = color
    pen.lineWidth = width
    pen.beginPath()
    pen.arc(x, y, sizePx / 2 + RING_GAP_PX, 0, 2 * Math.PI)
    pen.stroke()
  }

  /** A mark of this status and size, drawn once. */
  #sprite({ status, sizePx }: DrawnMark, pen: Pen): HTMLCanvasElement {
    const sharp = pen.getTransform().a
    const key = `${status} ${sizePx} ${sharp}`
    const known = this.#sprites.get(key)
    if (known !== undefined) return known
    const sprite = document.createElement("canvas")
    const side = sizePx + 2 * SPRITE_MARGIN_PX
    sprite.width = Math.ceil(side * sharp)
    sprite.height = sprite.width
    const own = sprite.getContext("2d")
    if (own !== null) {
      own.scale(sharp, sharp)
      own.translate(SPRITE_MARGIN_PX, SPRITE_MARGIN_PX)
      own.scale(sizePx / SHAPE_BOX, sizePx / SHAPE_BOX)
      this.#shape(own, status)
    }
    this.#sprites.set(key, sprite)
    return sprite
  }
  #shape(pen: Pen, status: Status): void {
    const { land } = this.#tones
    pen.lineJoin = "round"
    pen.fillStyle = land
    pen.strokeStyle = land
    // Ground of its own: lines that end in a hollow shape must not show through.
    for (const [d, line = 0] of STATUS_SHAPES[status]) {
      const path = new Path2D(d)
      pen.fill(path)
      pen.lineWidth = line + 1.6
      pen.stroke(path)
    }
    pen.fillStyle = this.#tones.status[status]
    pen.strokeStyle = pen.fillStyle
    for (const [d, line, dash = ""] of STATUS_SHAPES[status]) {
      const path = new Path2D(d)
      if (line === undefined) {
        pen.fill(path)
        continue
      }
      pen.lineWidth = line
      pen.setLineDash(dash.split(" ").filter(Boolean).map(Number))
      pen.stroke(path)
      pen.setLineDash([])
    }
  }
}

const FRACTION_GAP_PX = 6
const STRONG: ReadonlySet<Status> = new Set(["down", "unreachable", "degraded", "unknown"])
const SOFT: ReadonlySet<Status> = new Set(["degraded", "unknown", "recovering", "maintenance"])

/** Even for the casing, the next one for its load: what is up first, the cause last. */
const layerOf = ({ mark }: DrawnLink): number =>
  mark.isCause ? 100 : 2 * (STATUS_ORDER.length - 1 - STATUS_ORDER.indexOf(mark.status))
