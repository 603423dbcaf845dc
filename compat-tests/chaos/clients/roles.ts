/** All roles that a client process can play. */
import { playClosing, playKafkajsFinal } from './kafkajs-final.ts'
import { playKafkajsMember } from './kafkajs-member.ts'
import { playKafkajsProducer } from './kafkajs-producer.ts'
import { playKafkajsTransactor } from './kafkajs-transactor.ts'
import { playObserver } from './observer.ts'
import { playRdkafkaFinal } from './rdkafka-final.ts'
import { playRdkafkaMember } from './rdkafka-member.ts'
import { playRdkafkaProducer } from './rdkafka-producer.ts'
import { playRdkafkaSeeker } from './rdkafka-seeker.ts'
import { playRdkafkaTransactor } from './rdkafka-transactor.ts'
import { playRdkafkaTransformer } from './rdkafka-transformer.ts'
import type { Stage } from './stage.ts'

/** How each role is played: resolves when it has come to its end, rejects where its client gave up. */
export const roles = {
  'rdkafka-producer': playRdkafkaProducer,
  'rdkafka-member': playRdkafkaMember,
  'rdkafka-seeker': playRdkafkaSeeker,
  'rdkafka-transactor': playRdkafkaTransactor,
  'rdkafka-transformer': playRdkafkaTransformer,
  'rdkafka-final': playRdkafkaFinal,
  'kafkajs-producer': playKafkajsProducer,
  'kafkajs-member': playKafkajsMember,
  'kafkajs-transactor': playKafkajsTransactor,
  'kafkajs-final': playKafkajsFinal,
  closing: playClosing,
  observer: playObserver,
} as const satisfies Record<string, (stage: Stage) => Promise<void>>

/** A role's name. */
export type RoleName = keyof typeof roles
