import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { HistoryWriter, readHistoryFile } from './history-file.ts'

const inFolder = async (work: (file: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'samsa-history-'))
  try {
    await work(join(folder, 'history.jsonl'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('what several writers wrote is read in the order of time, calls with their numbers', async t => {
  await inFolder(async file => {
    const [one, two] = [new HistoryWriter(file, 'one'), new HistoryWriter(file, 'two')]
    const op = one.invoke([
      { do: 'send', partition: 't-0', value: 'a', producer: 'p' },
      { do: 'send', partition: 't-0', value: 'b', producer: 'p' },
    ])
    two.note({ do: 'error', error: 'a "quoted"\nerror' })
    one.complete(op + 1, 'ok', { offset: 5 })
    one.complete(op, 'info', { error: 'timed out' })
    one.close()
    two.close()
    const { events, brokenLineCount } = await readHistoryFile(file)
    t.is(brokenLineCount, 0)
    t.deepEqual(
      events.map(({ at: _, ...rest }) => rest),
      [
        { by: 'one', is: 'invoke', op: 1, do: 'send', partition: 't-0', value: 'a', producer: 'p' },
        { by: 'one', is: 'invoke', op: 2, do: 'send', partition: 't-0', value: 'b', producer: 'p' },
        { by: 'two', is: 'note', do: 'error', error: 'a "quoted"\nerror' },
        { by: 'one', is: 'ok', op: 2, offset: 5 },
        { by: 'one', is: 'info', op: 1, error: 'timed out' },
      ],
    )
  })
})

test('half a line that a killed process left is counted and spoils no other', async t => {
  await inFolder(async file => {
    const writer = new HistoryWriter(file, 'one')
    writer.note({ do: 'error', error: 'before' })
    appendFileSync(file, '\n{"at":1,"by":"killed","is":"inv')
    writer.note({ do: 'error', error: 'after' })
    writer.close()
    const { events, brokenLineCount } = await readHistoryFile(file)
    t.is(brokenLineCount, 1)
    t.deepEqual(
      events.map(event => event.by),
      ['one', 'one'],
    )
  })
})
