/** Small histories, written by hand: each step is a line or two, a thousand microseconds after the one before. */
import type { Call, Completion, Event, Happening, Isolation, ReadRecord } from '../../history/event.ts'

/** A call that was begun and can be completed later. */
export interface Begun {
  ok(result?: Pick<Completion, 'offset'>): void
  fail(error?: string): void
  info(error?: string): void
}

/** Builds a history step by step. Partitions are `t-0` where none is named, the producer is `p`. */
export class SampleHistory {
  readonly events: Event[] = []
  #at = 0
  #ops = 0

  /** A call begins. */
  begin(call: Call, by = 'client'): Begun {
    const op = ++this.#ops
    this.events.push({ at: this.#tick(), by, is: 'invoke', op, ...call })
    const complete = (is: Completion['is'], result: Pick<Completion, 'offset' | 'error'>): void => {
      this.events.push({ at: this.#tick(), by, is, op, ...result })
    }
    return {
      ok: (result = {}) => complete('ok', result),
      fail: (error = 'refused') => complete('fail', { error }),
      info: (error = 'timed out') => complete('info', { error }),
    }
  }

  note(happening: Happening, by = 'client'): this {
    this.events.push({ at: this.#tick(), by, is: 'note', ...happening })
    return this
  }

  /** A record that was sent and acknowledged. */
  sent(value: string, offset: number, more: { partition?: string; producer?: string } = {}): this {
    this.sending(value, more).ok({ offset })
    return this
  }

  /** A record on its way. */
  sending(
    value: string,
    more: { partition?: string; producer?: string; transaction?: string; source?: string; amount?: number } = {},
  ): Begun {
    return this.begin({ do: 'send', partition: 't-0', producer: 'p', value, ...more })
  }

  assigned(by: string, group?: string, isolation: Isolation = 'read_committed', partitions = ['t-0']): this {
    return this.note({ do: 'assigned', partitions, isolation, ...(group === undefined ? {} : { group }) }, by)
  }

  /** Records of `t-0` that one poll returned. */
  polled(by: string, ...records: readonly (readonly [offset: number, value: string])[]): this {
    return this.note({ do: 'polled', records: records.map(([offset, value]) => ['t-0', offset, value]) }, by)
  }

  committing(offset: number, by: string, transaction?: string): Begun {
    const call = { do: 'commit', group: 'g', partition: 't-0', offset } as const
    return this.begin(transaction === undefined ? call : { ...call, transaction }, by)
  }

  /** What the group `g` is found to have committed. */
  foundCommitted(offset: number): this {
    this.begin({ do: 'fetch-commit', group: 'g', partition: 't-0' }, 'observer').ok({ offset })
    return this
  }

  /** A producer takes over a transactional id and begins a transaction of the same name as itself, with `-1` behind. */
  transaction(producer: string, transactionalId = 'id'): this {
    this.begin({ do: 'init', transactionalId, producer }).ok()
    return this.note({ do: 'begin', transaction: `${producer}-1`, transactionalId, producer })
  }

  ending(transaction: string, commit: boolean): Begun {
    return this.begin({ do: 'end', transaction, commit })
  }

  /** Two clients read all partitions to the end, and both see these records; one more reads what isn't committed as well. */
  finally(committed: readonly ReadRecord[], uncommitted: readonly ReadRecord[] = committed): this {
    return this.finalOf('kafkajs', 'read_committed', committed)
      .finalOf('node-rdkafka', 'read_committed', committed)
      .finalOf('node-rdkafka', 'read_uncommitted', uncommitted)
  }

  /** One final reader, of `t-0` and whatever partitions its records are of. */
  finalOf(client: string, isolation: Isolation, records: readonly ReadRecord[]): this {
    this.note({ do: 'final', client, isolation, records })
    for (const partition of new Set(['t-0', ...records.map(([partition]) => partition)])) {
      this.note({ do: 'final-end', client, isolation, partition, offset: 100 })
    }
    return this
  }

  #tick(): number {
    this.#at += 1000
    return this.#at
  }
}
