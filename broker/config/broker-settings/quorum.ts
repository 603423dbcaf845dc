import { bool, int, list, string } from '../setting.ts'

/** Who this broker is; KRaft's controllers and quorum, which Samsa doesn't have. */
export const quorumSettings = {
  'broker.heartbeat.interval.ms': int(2000),
  'broker.id': int(1, { doc: 'The older name of `node.id`.' }),
  'broker.rack': string(null, { doc: "This broker's rack, shown to clients." }),
  'broker.session.timeout.ms': int(9000),
  'controller.listener.names': list(null, {
    doc: 'Names of listeners that are for KRaft controllers: they are not served.',
  }),
  'controller.quorum.append.linger.ms': int(25, { min: 0 }),
  'controller.quorum.auto.join.enable': bool(false),
  'controller.quorum.bootstrap.servers': list(''),
  'controller.quorum.election.backoff.max.ms': int(1000, { min: 0 }),
  'controller.quorum.election.timeout.ms': int(1000, { min: 0 }),
  'controller.quorum.fetch.max.bytes': int(1048576, { min: 1 }),
  'controller.quorum.fetch.snapshot.max.bytes': int(1048576, { min: 1 }),
  'controller.quorum.fetch.timeout.ms': int(2000, { min: 0 }),
  'controller.quorum.request.timeout.ms': int(2000, { min: 0 }),
  'controller.quorum.retry.backoff.ms': int(20, { min: 0 }),
  'controller.quorum.voters': list(''),
  'controller.socket.timeout.ms': int(30000),
  'early.start.listeners': list(null),
  'initial.broker.registration.timeout.ms': int(60000),
  'node.id': int(1, { doc: "This broker's number.", min: 0 }),
  'process.roles': list(null, {
    doc: 'Samsa is always a broker: if given, it must contain `broker`.',
    oneOf: ['broker', 'controller'],
  }),
}
