// A cluster child that makes one call and disconnects.

import cluster from 'node:cluster';
import { Renumerate } from '@renumerate/node';

const { id } = await new Renumerate().createSubscriptionSession({ customerId: 'cus_1' });
console.log(id.slice(0, 4));
cluster.worker.disconnect();
