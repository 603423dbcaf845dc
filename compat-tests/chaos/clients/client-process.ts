/** The process of one client: plays the part in its argument, counts to its director, and ends with the part. */
import type { Direction, Part } from './part.ts'
import { roles } from './roles.ts'
import { Stage } from './stage.ts'

const tellEveryMs = 500

const part = JSON.parse(process.argv[2] ?? '') as Part
const stage = new Stage(part)
process.on('message', (direction: Direction) => {
  if (direction.kind === 'finish') stage.finish()
  else stage.topics = direction.topics
})
// The director is gone.
process.on('disconnect', () => process.exit(1))
setInterval(() => process.send?.(stage.takeCounts()), tellEveryMs).unref()

let exitCode = 0
try {
  await roles[part.role](stage)
} catch (error) {
  stage.noteError(error)
  console.error(error)
  exitCode = 1
}
// librdkafka's threads would keep the process alive.
process.send?.(stage.takeCounts(), () => process.exit(exitCode))
