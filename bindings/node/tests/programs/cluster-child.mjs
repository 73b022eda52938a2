// A child of a cluster, which makes a call and ends.

import cluster from 'node:cluster';
import { Renumerate } from '@renumerate/node';

const { id } = await new Renumerate().createSubscriptionSession({ customerId: 'cus_1' });
console.log(id.slice(0, 4));
cluster.worker.disconnect();
