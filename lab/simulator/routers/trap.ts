/**
 * An answer `!trap`. Categories: 0 missing item or command, 1 bad argument, 2 interrupted, 3
 * script, 4 general, 5 API, 6 TTY.
 */
export class Trap extends Error {
  readonly category: number | null
  constructor(message: string, category: number | null) {
    super(message)
    this.category = category
  }
}
