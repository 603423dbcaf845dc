/**
 * Stories of a machine as text: lines that begin with `>` are what happens, the lines below each are what it leads to. Each is run, and what
 * follows must be what the file says. SAMSA_TRANSCRIPTS=rewrite writes what follows into the files; the change is then reviewed as a diff.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'ava'

/** The story with what really follows each of its lines: `act` does what the line says, and returns that. */
export const retold = (story: string, act: (command: string) => readonly string[]): string =>
  story
    .split('\n')
    .filter(line => line === '' || line.startsWith('#') || line.startsWith('>'))
    .flatMap(line => (line.startsWith('>') ? [line, ...act(line.slice(1).trim())] : [line]))
    .join('\n')

/**
 * A test for each story of a folder; its title is the story's first comment.
 * @param folder in the sources: the tests run at the root, from the build
 * @param begin makes a world, in which one story is run
 */
export const testStories = (folder: string, begin: () => { run(story: string): string }): void => {
  const directory = resolve(folder)
  const files = readdirSync(directory).filter(name => name.endsWith('.txt'))
  const rewrite = process.env.SAMSA_TRANSCRIPTS === 'rewrite'
  for (const file of files) {
    const path = join(directory, file)
    const told = readFileSync(path, 'utf8')
    test(/^# (.*)$/m.exec(told)?.[1] ?? file, t => {
      const happened = begin().run(told)
      if (rewrite) writeFileSync(path, happened)
      t.is(happened, rewrite ? happened : told)
    })
  }
  test('there are stories', t => {
    t.true(files.length > 10)
  })
}
