import test from 'ava'
import { judge } from './judge.ts'
import { SampleHistory } from './testing/sample-history.ts'

const names = (history: SampleHistory): string[] => judge(history.events).map(({ name }) => name)

test('errors that only a bug explains are named; those of a broker that was away are not', t => {
  const bug = new SampleHistory()
  bug.sending('a').info('KafkaJSProtocolError: OUT_OF_ORDER_SEQUENCE_NUMBER')
  t.deepEqual(names(bug.note({ do: 'error', error: 'UNKNOWN_SERVER_ERROR' })), ['internal-error', 'internal-error'])
  const away = new SampleHistory()
  away.sending('a').info('Local: Message timed out')
  t.deepEqual(names(away.note({ do: 'error', error: 'connect ECONNREFUSED' })), [])
})

test('what the broker logs about a bug, and what does not end, is named', t => {
  const history = new SampleHistory()
    .note({ do: 'broker-log', line: '{"level":50,"msg":"a bug"}' })
    .note({ do: 'stuck', what: 'the group g has not consumed t-0' })
  t.deepEqual(names(history), ['internal-error', 'stuck'])
})
