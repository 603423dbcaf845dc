/**
 * When an append counts as done. Between the engine and its logs, so that another answer needs no change in either: one that writes a journal
 * and waits for the medium answers with a promise.
 */
import type { AppendOutcomes, Appended, AppendRequest, Batch, LogId, Offset } from '../engine.ts'

/** A log, as durability sees it. */
export interface AppendableLog {
  /** Writes into the page cache and makes it readable, or changes nothing. The batches are checked. */
  append(batches: readonly Batch[], expectedEnd: Offset): Appended
}

/** Carries the appends of a turn out, and says when they count as done. */
export interface Durability {
  /** Outcomes in the order of the requests. `find` gives the log of an id, if there is one. */
  append(requests: readonly AppendRequest[], find: (id: LogId) => AppendableLog | undefined): AppendOutcomes
}

/** What the operating system has taken survives the death of this process; it isn't on the medium yet. Kafka's own default. */
export const osDurability: Durability = {
  append: (requests, find) =>
    requests.map(
      ({ log, batches, expectedEnd }) =>
        find(log.id)?.append(batches, expectedEnd) ?? { ok: false, reason: 'gone', end: 0 },
    ),
}
