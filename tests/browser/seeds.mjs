// Customers for tests: each test has one of its own, since a sandbox is shared by those of a file.

/** When subscriptions of these customers are paid for next, unless a test pauses or resumes them. */
export const NEXT_BILL = '2099-12-12';

/** A customer with subscriptions to plans of the usual ones, `team` or `team:paused`; their ids are `sub_NUMBER_CUSTOMER`. */
export function customer(id, ...plans) {
  const subscriptions = plans.map((given, at) => {
    const [plan, status = 'active'] = given.split(':');
    return { id: subscriptionOf(id, at), plan, status, next_bill: NEXT_BILL };
  });
  return { id, email: `${id}@example.com`, name: 'Ada Novak', subscriptions };
}

/** The id of a customer's subscription, the first one or another. */
export function subscriptionOf(id, at = 0) {
  return `sub_${at + 1}_${id}`;
}
