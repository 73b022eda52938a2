// Customers of seeds. Each test uses its own customer, because the tests of a file share a sandbox.

/** Date of the next bill, until a test pauses or resumes the subscription. */
export const NEXT_BILL = '2099-12-12';

/** Creates a customer with subscriptions to default plans, each given as `team` or, with a status, `team:paused`. */
export function customer(id, ...plans) {
  const subscriptions = plans.map((text, index) => {
    const [plan, status = 'active'] = text.split(':');
    return { id: subscriptionOf(id, index), plan, status, next_bill: NEXT_BILL };
  });
  return { id, email: `${id}@example.com`, name: 'Ada Novak', subscriptions };
}

/** Returns the id of a subscription of a customer: `sub_NUMBER_CUSTOMER`. */
export function subscriptionOf(id, index = 0) {
  return `sub_${index + 1}_${id}`;
}
