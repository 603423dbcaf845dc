/** kafkajs, as all its clients here open it. */
import kafkajs, { type Kafka, type logLevel } from 'kafkajs'
import { registerCodecs } from '../../clients/kafkajs/codecs.ts'
import type { Stage } from './stage.ts'

/** A kafkajs that goes on when a broker is away for a while. Errors that it logs go into the history. */
export async function openKafkajs(stage: Stage): Promise<Kafka> {
  await registerCodecs()
  return new kafkajs.Kafka({
    clientId: stage.part.by,
    brokers: [stage.part.address],
    requestTimeout: 5000,
    connectionTimeout: 2000,
    logLevel: kafkajs.logLevel.ERROR,
    logCreator: () => entry => noteLogged(stage, entry),
    retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 100 },
  })
}

function noteLogged(stage: Stage, { log }: { readonly level: logLevel; readonly log: Record<string, unknown> }): void {
  const error = log.error ?? ''
  stage.noteError(`${log.message} ${typeof error === 'string' ? error : JSON.stringify(error)}`)
}
