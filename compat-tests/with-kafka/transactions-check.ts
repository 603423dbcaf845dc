/** The Java client's transactions, at every level of `transaction.version`. */
import assert from 'node:assert/strict'
import { BrokerProcess } from '../runner/broker-process.ts'
import { runJava } from '../runner/java.ts'
import type { Check } from './check.ts'

/** What must come of them; the names of fencing are the client's, by the level. */
const expected = { moved: 150, read: 150, distinct: 150, aborted: 0, stableWhileHanging: 0, stableAfterAbort: 2 }

/** With epochs that rise with each transaction, as with those that don't. */
export const transactionsCheck: Check = {
  id: 'java-transactions',
  title: "the Java client's transactions are exact, fenced and abortable at every transaction.version",
  async run({ directory, samsaBin }) {
    const broker = new BrokerProcess(samsaBin, 'file', directory)
    await broker.start()
    try {
      for (const level of [2, 1, 0]) {
        const { zombie, ...told } = JSON.parse(
          await runJava('samsa.compat.Transactions', [broker.address, String(level)]),
        )
        assert.deepEqual(told, expected, `at level ${level}`)
        assert.match(zombie, /^(InvalidProducerEpoch|ProducerFenced)Exception$/, `at level ${level}`)
      }
      await broker.stop()
    } finally {
      await broker.kill()
    }
  },
}
