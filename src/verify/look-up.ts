// A name of an operator's own server, for sockets (the `lookup` of node:net): through the one resolver, then through the system, which knows the
// hosts file and the names of containers.
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Resolve } from './resolver.ts'

export const lookUpBy = (resolve: Resolve): LookupFunction => (name, options, tell) => {
  void Promise.allSettled([resolve(name, 'A'), resolve(name, 'AAAA')]).then((answers) => {
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      .map((address) => ({ address, family: isIP(address) }))
      .filter(({ family }) => !options.family || options.family === family)
    const [first] = found
    if (!first) lookup(name, options, tell)
    else if (options.all) tell(null, found)
    else tell(null, first.address, first.family)
  })
}
