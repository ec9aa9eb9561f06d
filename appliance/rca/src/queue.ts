/** A heap, best score first; between equals the one that came first. */
export const createQueue = <T extends { readonly score: number }>() => {
  const heap: { readonly one: T; readonly order: number }[] = []
  let orders = 0
  const before = (a: number, b: number): boolean => {
    const [x, y] = [heap[a], heap[b]]
    if (x === undefined || y === undefined) return false
    return x.one.score > y.one.score || (x.one.score === y.one.score && x.order < y.order)
  }
  const swap = (a: number, b: number): void => {
    const [x, y] = [heap[a], heap[b]]
    if (x === undefined || y === undefined) return
    heap[a] = y
    heap[b] = x
  }
  const push = (one: T): void => {
    let at = heap.push({ one, order: orders }) - 1
    orders += 1
    while (at > 0 && before(at, (at - 1) >> 1)) {
      swap(at, (at - 1) >> 1)
      at = (at - 1) >> 1
    }
  }
  const pop = (): T | undefined => {
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined) return undefined
    if (heap.length > 0) heap[0] = last
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let first = at
      if (left < heap.length && before(left, first)) first = left
      if (right < heap.length && before(right, first)) first = right
      if (first === at) break
      swap(at, first)
      at = first
    }
    return top.one
  }
  return { push, pop }
}
