/** What a timer of the groups machine is for. */
export type GroupTimer =
  /** The member's session ends; of a pending member: it didn't come with its id. */
  | { readonly type: 'session'; readonly groupId: string; readonly memberId: string }
  /** The group's rebalance doesn't wait any longer for members to join. */
  | { readonly type: 'join'; readonly groupId: string }
  /** Members that were given a generation must have asked for their assignment. */
  | { readonly type: 'sync'; readonly groupId: string }
  /** Expired offsets are looked for. */
  | { readonly type: 'offsets' }

const keyOf = (timer: GroupTimer): string => {
  if (timer.type === 'offsets') return timer.type
  if (timer.type === 'session') return `session ${timer.groupId.length} ${timer.groupId} ${timer.memberId}`
  return `${timer.type} ${timer.groupId}`
}

/** The timers that run, with their deadlines on the monotonic clock: an expiry with another deadline is an old one. */
export class Deadlines {
  readonly #running = new Map<string, { readonly timer: GroupTimer; readonly at: number }>()

  get size(): number {
    return this.#running.size
  }

  /** The key of the timer, which now has the deadline `at`. */
  set(timer: GroupTimer, at: number): string {
    const key = keyOf(timer)
    this.#running.set(key, { timer, at })
    return key
  }

  /** The key of the timer, which doesn't run any more; null if it didn't. */
  delete(timer: GroupTimer): string | null {
    const key = keyOf(timer)
    return this.#running.delete(key) ? key : null
  }

  /** The timer whose deadline passed, which then doesn't run any more; null if the deadline has moved. */
  expire(key: string, at: number): GroupTimer | null {
    const running = this.#running.get(key)
    if (running === undefined || running.at !== at) return null
    this.#running.delete(key)
    return running.timer
  }
}
