/** Errors that no fault of the run explains. */
import type { History } from '../history/history.ts'
import type { Anomaly } from './anomaly.ts'

/**
 * What must never be said, in the words of Kafka's names, kafkajs and librdkafka: bugs of the broker, bytes that are damaged,
 * sequences and offsets that it has forgotten.
 */
const forbidden =
  /UNKNOWN_SERVER_ERROR|unexpected error when processing|Broker: Unknown error|CORRUPT_MESSAGE|Invalid message|OUT_OF_ORDER_SEQUENCE|out of order sequence|UNKNOWN_PRODUCER_ID|Unknown Producer Id|OFFSET_OUT_OF_RANGE|Offset out of range|INVALID_RECORD|failed to validate record|KAFKA_STORAGE_ERROR|Disk error/i

/** Names `internal-error`, where an error or the broker's log speaks of a bug or damage, and `stuck`. */
export function forbiddenErrors(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  for (const event of history.events) {
    if (event.is === 'invoke') continue
    if (event.is === 'note' && event.do === 'broker-log') {
      anomalies.push({ name: 'internal-error', text: `the broker logged: ${event.line}`, evidence: [event] })
    } else if (event.is === 'note' && event.do === 'stuck') {
      anomalies.push({ name: 'stuck', text: event.what, evidence: [event] })
    } else {
      const error = 'error' in event ? event.error : undefined
      if (error === undefined || !forbidden.test(error)) continue
      anomalies.push({ name: 'internal-error', text: `${event.by} was told: ${error}`, evidence: [event] })
    }
  }
  return anomalies
}
