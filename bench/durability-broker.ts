/**
 * A broker with durability=fsync that counts its syncs, for `durability.ts`: tells its address, then the count when it is asked.
 */
import { startBroker } from '../broker/index.ts'
import { nodeDisk } from '../storage/file/disk.ts'

let syncs = 0
for (const call of ['syncData', 'syncDirectory'] as const) {
  const original = nodeDisk[call] as (of: never) => Promise<void>
  Object.assign(nodeDisk, {
    [call]: (of: never) => {
      syncs++
      return original(of)
    },
  })
}
const settings = new Map([
  ['samsa.engine', 'file'],
  ['samsa.durability', 'fsync'],
  ['log.dirs', process.argv[2]!],
  ['listeners', 'PLAINTEXT://127.0.0.1:0'],
])
const broker = await startBroker({ settings })
process.on('message', message => {
  if (message === 'stop') void broker.stop().then(() => process.exit(0))
  else process.send?.(syncs)
})
process.on('disconnect', () => process.exit(1))
process.send?.(broker.bootstrapServers)
