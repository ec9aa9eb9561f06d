/** A priority queue (binary heap): highest score first; of equal scores the one pushed first. */
export const createQueue = <T extends { readonly score: number }>() => {
  const heap: { readonly item: T; readonly order: number }[] = []
  let pushed = 0
  const isBefore = (a: number, b: number): boolean => {
    const [x, y] = [heap[a], heap[b]]
    if (x === undefined || y === undefined) return false
    return x.item.score > y.item.score || (x.item.score === y.item.score && x.order < y.order)
  }
  const swap = (a: number, b: number): void => {
    const [x, y] = [heap[a], heap[b]]
    if (x === undefined || y === undefined) return
    heap[a] = y
    heap[b] = x
  }
  const push = (item: T): void => {
    let at = heap.push({ item, order: pushed }) - 1
    pushed += 1
    while (at > 0 && isBefore(at, (at - 1) >> 1)) {
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
      if (left < heap.length && isBefore(left, first)) first = left
      if (right < heap.length && isBefore(right, first)) first = right
      if (first === at) break
      swap(at, first)
      at = first
    }
    return top.item
  }
  return { push, pop }
}
