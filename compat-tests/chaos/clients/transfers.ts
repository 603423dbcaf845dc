/** What a transaction moves: accounts are partitions, a transfer takes from one what it gives to another. */
import type { Stage } from './stage.ts'

/** A record of a transfer. */
export interface Booking {
  readonly topic: string
  readonly partition: number
  readonly amount: number
}

/** The bookings of one transaction: one to five transfers, each between two partitions. */
export function transfersOf(stage: Stage): Booking[] {
  const { random } = stage
  return Array.from({ length: random.between(1, 6) }, () => {
    const { name, partitions } = random.pick(stage.topicsFor('transfers'))
    const from = random.between(0, partitions)
    const to = (from + random.between(1, partitions)) % partitions
    const amount = random.between(1, 100)
    return [
      { topic: name, partition: from, amount: -amount },
      { topic: name, partition: to, amount },
    ]
  }).flat()
}
