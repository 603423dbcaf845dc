/** Conversations with a broker, each about one matter, in themes. */
import type { Release } from '../../protocol/releases.ts'
import { type Partner, Talk } from './talk.ts'
import type { Played } from './transcript.ts'

/** A named conversation about one matter. */
export interface Exchange {
  /** Unique, in kebab case: names of topics and groups carry it. */
  readonly id: string
  play(talk: Talk): Promise<void>
}

/** Exchanges that share a file of answers. */
export interface Theme {
  /** Name of the file in `answers`. */
  readonly name: string
  /** The release of Kafka that gave the answers. */
  readonly release: Release
  readonly exchanges: readonly Exchange[]
  /** Lets time pass: compared on a clock that is moved by hand, on which nothing else may wait. */
  readonly timed?: true
}

/** Plays one exchange and closes its connections. Fails with an Error if it can't be set up. */
export const play = async (
  exchange: Exchange,
  partner: Omit<Partner, 'release'>,
  release: Release,
): Promise<Played> => {
  const talk = new Talk({ ...partner, release }, exchange.id)
  try {
    await exchange.play(talk)
    return talk.played
  } finally {
    await talk.close()
  }
}
