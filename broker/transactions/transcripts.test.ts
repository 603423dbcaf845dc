/**
 * The stories in `transcripts/`: each is run, and what follows must be what the file says. SAMSA_TRANSCRIPTS=rewrite writes
 * what follows into the files; the change is then reviewed as a diff.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'ava'
import { TransactionStory } from './transaction-story.test.fixture.ts'

const directory = resolve('broker/transactions/transcripts') // in the sources: the tests run at the root, from the build
const rewrite = process.env.SAMSA_TRANSCRIPTS === 'rewrite'

for (const file of readdirSync(directory).filter(name => name.endsWith('.txt'))) {
  const path = join(directory, file)
  const told = readFileSync(path, 'utf8')
  const title = /^# (.*)$/m.exec(told)?.[1] ?? file
  test(title, t => {
    const happened = new TransactionStory().run(told)
    if (rewrite) writeFileSync(path, happened)
    t.is(happened, rewrite ? happened : told)
  })
}

test('there are stories', t => {
  t.true(readdirSync(directory).length > 10)
})
