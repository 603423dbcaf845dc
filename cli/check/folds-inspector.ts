import { decodeAbortedPart } from '../../broker/partition/folds/aborted-index.ts'
import { decodeEarlierBatches } from '../../broker/partition/folds/earlier-batches.ts'
import { decodeEpochFile } from '../../broker/partition/folds/epoch-file.ts'
import type { EpochStart } from '../../broker/partition/folds/epoch-starts.ts'
import { Folds } from '../../broker/partition/folds/folds.ts'
import { decodeProducerSnapshot, type SnapshotEntry } from '../../broker/partition/folds/producer-snapshot.ts'
import * as batch from '../../protocol/records/batch.ts'
import type { Offset } from '../../storage/engine.ts'
import type { Inspector, Tell } from '../../storage/file/check/check-log.ts'
import type { Findings } from '../../storage/file/check/log-report.ts'

interface Snapshot {
  readonly at: Offset
  readonly entries: readonly SnapshotEntry[]
  readonly tell: Tell
}

/** Compares what a broker keeps beside a log (producers' states, leader epochs, aborted transactions) with the log's batches. */
export const inspectFolds = (): Inspector => new FoldsInspector()

class FoldsInspector implements Inspector {
  readonly #folds = new Folds()
  /** Those whose place in the log hasn't come yet. */
  #snapshots: Snapshot[] = []
  #epochs: readonly EpochStart[] = []
  #tellEpochs: Tell = () => {}
  #epochsAreWrong = false
  #lastEpoch = -1

  part(name: string, at: Offset | null, content: Buffer, tell: Tell): void {
    if (name === '.snapshot' && at !== null) {
      const entries = decodeProducerSnapshot(content)
      if (entries === null) tell("it can't be read; the log is read instead")
      else {
        this.#snapshots.push({ at, entries, tell })
        this.#snapshots.sort((a, b) => a.at - b.at)
      }
    } else if (name === '.aborted') {
      if (decodeAbortedPart(content) === null) tell("it can't be read; the log is read instead")
    } else if (name === '.batches') {
      if (decodeEarlierBatches(content) === null) tell("it can't be read; the log is read instead")
    } else if (name === 'leader-epoch-checkpoint') {
      const epochs = decodeEpochFile(content)
      if (epochs === null) tell("it can't be read; the log is read instead")
      this.#epochs = epochs ?? []
      this.#tellEpochs = tell
    }
  }

  wantsWhole(buffer: Buffer, at: number): boolean {
    return batch.isControl(buffer, at)
  }

  batch(buffer: Buffer, at: number, tell: Tell): void {
    const base = batch.baseOffset(buffer, at)
    this.#compare(base)
    this.#compareEpoch(base, batch.leaderEpoch(buffer, at), tell)
    this.#folds.apply(buffer, at)
  }

  end(_problems: Findings): void {
    this.#compare(this.#folds.end)
    for (const { at, tell } of this.#snapshots) tell(`it is at offset ${at}, behind the log's end ${this.#folds.end}`)
  }

  /** Compares the snapshots at or below `offset`, up to which all batches were seen. */
  #compare(offset: Offset): void {
    for (let next = this.#snapshots[0]; next !== undefined && next.at <= offset; next = this.#snapshots[0]) {
      this.#snapshots.shift()
      // Between batches only: one that lies inside a batch was made of another log.
      if (next.at < this.#folds.end) next.tell(`its offset ${next.at} is inside a batch`)
      else compareProducers(next, this.#folds)
    }
  }

  #compareEpoch(base: Offset, epoch: number, tell: Tell): void {
    if (epoch < this.#lastEpoch) tell(`its leader epoch is ${epoch}, the one before it has ${this.#lastEpoch}`)
    else this.#lastEpoch = epoch
    if (this.#epochsAreWrong) return
    const index = this.#epochs.findLastIndex(({ startOffset }) => startOffset <= base)
    const known = this.#epochs[index]
    if (known === undefined) return
    // What follows the last epoch that the file knows may be of a newer one.
    this.#epochsAreWrong = epoch < known.epoch || (epoch > known.epoch && index + 1 < this.#epochs.length)
    if (this.#epochsAreWrong)
      this.#tellEpochs(`it has leader epoch ${known.epoch} at offset ${base}, where the log has ${epoch}`)
  }
}

/** A snapshot may lack producers that were silent for long, and know ones whose batches are gone; what both know must agree. */
const compareProducers = ({ at, entries, tell }: Snapshot, folds: Folds): void => {
  for (const { producer } of entries) {
    const [kept] = producer.batches
    if (kept !== undefined && kept.lastOffset >= at)
      return tell(`producer ${producer.id} ends at offset ${kept.lastOffset} in it, behind its own offset ${at}`)
    const seen = folds.producers.get(producer.id)
    const last = seen?.batches.at(-1)
    if (seen === undefined || last === undefined || kept === undefined || seen.epoch !== producer.epoch) continue
    if (last.lastOffset !== kept.lastOffset || last.lastSequence !== kept.lastSequence)
      return tell(
        `producer ${producer.id} ends with sequence ${kept.lastSequence} at offset ${kept.lastOffset} in it, and with ${last.lastSequence} at ${last.lastOffset} in the log`,
      )
  }
}
