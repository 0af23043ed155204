// A TCP port on the loopback address that nobody uses at the moment.

import { createServer } from 'node:net';
import { RosError } from '@drover/core';

/** That very port when one is given; rejects when it is taken. */
export function findFreePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new RosError('no-port', 'this machine has no free TCP port'));
      });
    });
  });
}
