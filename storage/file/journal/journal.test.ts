import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { batchesFrom } from '../../conformance/suite.ts'
import { type Call, hookedDisk, systemError } from '../testing/faulty-disk.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'
import { AppendedBytes, encodeId, trimmedBytes } from './entries.ts'
import { Journal, type JournalEntry } from './journal.ts'
import type { Unsynced } from './journal-files.ts'
import { writeMarker } from './marker.ts'
import { readJournal } from './read-journal.ts'

const FILE_BYTES = 16 * 1024
const MAX_BYTES = 4 * FILE_BYTES
const ID = 'state/test'

/** A journal in a directory of its own, whose entries are numbered by the starts of trims. */
class Stage {
  readonly journal: Journal
  readonly outcomes = new Map<number, string>()
  readonly failures: unknown[] = []
  readonly flushed: number[] = []
  hook: (call: Call, path: string) => number | undefined = () => undefined
  /** What an entry stands for waits for this when it is flushed. */
  flush: () => Promise<void> = async () => {}
  syncs = 0
  writes = 0
  saved = 0
  readonly #dataDir: string
  readonly #id = Buffer.alloc(16, 3)
  readonly disk = hookedDisk((call, path) => {
    if (call === 'syncData') this.syncs++
    if (call === 'write' || call === 'writeLarge') this.writes++
    return this.hook(call, path)
  })

  constructor(t: ExecutionContext) {
    this.#dataDir = temporaryDirectory(t)
    this.journal = new Journal({
      ...{ disk: this.disk, dataDir: this.#dataDir, id: this.#id, slots: [] },
      ...{ fileBytes: FILE_BYTES, maxBytes: MAX_BYTES },
      synced: async () => {
        this.saved++
      },
      failed: error => this.failures.push(error),
    })
  }

  add(...numbers: readonly number[]): void {
    this.journal.add(numbers.map(number => this.entry(number)))
  }

  entry(number: number, bytes = trimmedBytes(ID, number) as JournalEntry['bytes']): JournalEntry {
    const unsynced: Unsynced = {
      flush: async () => {
        await this.flush()
        this.flushed.push(number)
      },
    }
    return {
      bytes,
      cover: all => all.add(unsynced),
      written: () => this.outcomes.set(number, 'written'),
      refused: () => this.outcomes.set(number, 'refused'),
      lost: () => this.outcomes.set(number, 'lost'),
    }
  }

  /** An entry of so many bytes. */
  large(number: number, sizeBytes: number): JournalEntry {
    const run = { segment: { start: 0 }, position: number, from: 0, to: 1 }
    return this.entry(number, new AppendedBytes(encodeId(ID), [run], batchesFrom(0, { sizeBytes })))
  }

  /** The numbers that a start would find. */
  async found(): Promise<number[]> {
    await writeMarker(this.disk, this.#dataDir, this.#id)
    const { entries } = readJournal(this.disk, this.#dataDir, this.#id, line => {
      throw new Error(line)
    })
    return entries.map(({ entry }) =>
      entry.kind === 'trimmed' ? entry.start : entry.kind === 'appended' ? entry.position : -1,
    )
  }

  get files(): Map<string, number> {
    const names = readdirSync(this.#dataDir).filter(name => /^samsa\.journal\.\d+$/.test(name))
    return new Map(names.map(name => [name, statSync(join(this.#dataDir, name)).size]))
  }
}

test('what comes while a group is under way is the next group, in one write and one sync', async t => {
  const stage = new Stage(t)
  stage.add(1)
  for (let number = 2; number < 50; number++) stage.add(number)
  await stage.journal.idle()
  t.is(stage.writes, 2)
  t.is(stage.syncs, 2)
  t.true([...stage.outcomes.values()].every(outcome => outcome === 'written'))
  t.deepEqual(
    await stage.found(),
    Array.from({ length: 49 }, (_, index) => index + 1),
  )
  stage.journal.close()
})

test('entries are written before they are said to be, and found in their order', async t => {
  const stage = new Stage(t)
  const before: boolean[] = []
  stage.hook = call => {
    if (call === 'syncData') before.push(stage.outcomes.has(1))
    return undefined
  }
  stage.add(1, 2, 3)
  await stage.journal.idle()
  t.deepEqual(before, [false])
  t.deepEqual(await stage.found(), [1, 2, 3])
  stage.journal.close()
})

test('files are written again when all that they stand for was flushed, and old groups are not found', async t => {
  const stage = new Stage(t)
  for (let number = 1; number <= 100; number++) {
    stage.add(number)
    await stage.journal.idle()
    t.is(stage.outcomes.get(number), 'written')
    const found = await stage.found()
    const first = found[0]!
    t.deepEqual(
      found,
      Array.from({ length: number - first + 1 }, (_, index) => first + index),
    )
    for (let gone = 1; gone < first; gone++)
      t.true(stage.flushed.includes(gone), `${gone} is neither flushed nor found`)
  }
  const sizes = [...stage.files.values()]
  t.true(sizes.length <= 4 && sizes.every(size => size <= FILE_BYTES))
  t.true(stage.saved > 5)
  stage.journal.close()
})

test('an idle journal is small', async t => {
  const stage = new Stage(t)
  stage.add(1)
  await stage.journal.idle()
  t.deepEqual([...stage.files], [['samsa.journal.0', 4096]])
  stage.journal.close()
})

test('when all files are full groups wait for the flush', async t => {
  const stage = new Stage(t)
  let release = (): void => {}
  const flushed = new Promise<void>(resolve => {
    release = resolve
  })
  stage.flush = () => flushed
  const groups = MAX_BYTES / 4096
  for (let number = 0; number < groups; number++) {
    stage.add(number)
    while (!stage.outcomes.has(number)) await new Promise(resolve => setImmediate(resolve))
  }
  const { syncs } = stage
  stage.add(groups)
  for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
  t.is(stage.syncs, syncs)
  t.false(stage.outcomes.has(groups))
  release()
  await stage.journal.idle()
  t.is(stage.outcomes.get(groups), 'written')
  stage.journal.close()
})

test('a group that is larger than a file has one for itself, which is cut to its size again', async t => {
  const stage = new Stage(t)
  stage.add(1)
  stage.journal.add([stage.large(2, 5 * FILE_BYTES), stage.large(3, 100)])
  await stage.journal.idle()
  t.deepEqual(await stage.found(), [1, 2, 3])
  t.is(Math.max(...stage.files.values()) > 5 * FILE_BYTES, true)
  for (let number = 4; number < 60; number++) {
    stage.add(number)
    await stage.journal.idle()
  }
  t.true([...stage.files.values()].every(size => size <= FILE_BYTES))
  stage.journal.close()
})

test('entries that do not fit into one file go in several groups, in order', async t => {
  const stage = new Stage(t)
  stage.journal.add(Array.from({ length: 12 }, (_, index) => stage.large(index, 4000)))
  await stage.journal.idle()
  t.is(stage.outcomes.size, 12)
  t.true([...stage.outcomes.values()].every(outcome => outcome === 'written'))
  const found = await stage.found()
  t.is(found.at(-1), 11)
  stage.journal.close()
})

for (const code of ['ENOSPC', 'EDQUOT']) {
  test(`a group that finds no space (${code}) is refused, and later ones take its place`, async t => {
    const stage = new Stage(t)
    stage.add(1)
    await stage.journal.idle()
    for (const allowed of [0, 1, 60, 4095]) {
      let left = allowed
      stage.hook = call => {
        if (call !== 'write') return undefined
        if (left === 0) throw systemError(code)
        const now = left
        left = 0
        return now
      }
      stage.add(2, 3)
      await stage.journal.idle()
      t.is(stage.outcomes.get(2), 'refused')
      t.is(stage.outcomes.get(3), 'refused')
      stage.hook = () => undefined
      t.deepEqual(await stage.found(), [1], `after ${allowed} bytes`)
    }
    stage.add(4)
    await stage.journal.idle()
    t.deepEqual(await stage.found(), [1, 4])
    t.deepEqual(stage.failures, [])
    stage.journal.close()
  })
}

for (const call of ['syncData', 'write'] as const) {
  test(`after a failed ${call} nothing is written any more, whatever the disk says later`, async t => {
    const stage = new Stage(t)
    stage.add(1)
    await stage.journal.idle()
    stage.hook = asked => {
      if (asked === call) throw systemError('EIO')
      return undefined
    }
    stage.add(2)
    stage.add(3)
    await stage.journal.idle()
    stage.hook = () => undefined
    const { writes, syncs } = stage
    stage.add(4)
    await stage.journal.idle()
    t.deepEqual(
      [1, 2, 3, 4].map(number => stage.outcomes.get(number)),
      ['written', 'lost', 'lost', 'lost'],
    )
    t.is(stage.writes, writes)
    t.is(stage.syncs, syncs)
    t.is(stage.failures.length, 1)
    t.not(stage.journal.failure, null)
    stage.journal.close()
  })
}

test('a flush that fails ends all writing, one that lacked a descriptor is tried again', async t => {
  const stage = new Stage(t)
  stage.flush = async () => {
    throw systemError('EMFILE')
  }
  let number = 0
  while (stage.outcomes.get(number) !== 'refused') {
    stage.add(++number)
    await stage.journal.idle()
    t.true(number < 20)
  }
  stage.flush = async () => {}
  stage.add(++number)
  await stage.journal.idle()
  t.is(stage.outcomes.get(number), 'written')
  t.deepEqual(stage.failures, [])
  stage.flush = async () => {
    throw systemError('EIO')
  }
  while (stage.failures.length === 0) {
    stage.add(++number)
    await stage.journal.idle()
    t.true(number < 60)
  }
  stage.add(++number)
  t.is(stage.outcomes.get(number), 'lost')
  stage.journal.close()
})

test('a file that was torn while it was written again is no damage', async t => {
  for (let groups = 8; groups < 24; groups++) {
    const stage = new Stage(t)
    for (let number = 1; number <= groups; number++) {
      stage.add(number)
      await stage.journal.idle()
    }
    // The next group comes to the medium in part, and nobody hears of it.
    let left = 2000
    stage.hook = call => {
      if (call !== 'write') return undefined
      if (left === 0) throw systemError('EIO')
      left = 0
      return 2000
    }
    stage.add(groups + 1)
    await stage.journal.idle()
    stage.hook = () => undefined
    const found = await stage.found()
    const first = found[0]!
    t.deepEqual(
      found,
      Array.from({ length: groups - first + 1 }, (_, index) => first + index),
    )
    for (let gone = 1; gone < first; gone++) t.true(stage.flushed.includes(gone))
    stage.journal.close()
  }
})
