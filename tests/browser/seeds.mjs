// Customers for the seeds of the tests. Each test uses its own customer, because the tests in a file share a sandbox.

/** Date of each subscription's next bill, until a test resumes or cancels the subscription. */
export const NEXT_BILL = '2099-12-12';

/**
 * Creates a customer with a subscription for each plan. A plan is the id of a default plan, such as `team`; a status
 * can follow, as in `team:paused`.
 */
export function customer(id, ...plans) {
  const subscriptions = plans.map((text, index) => {
    const [plan, status = 'active'] = text.split(':');
    return { id: subscriptionOf(id, index), plan, status, next_bill: NEXT_BILL };
  });
  return { id, email: `${id}@example.com`, name: 'Ada Novak', subscriptions };
}

/** Returns the id of a customer's subscription, `sub_NUMBER_CUSTOMER`. `index` starts at 0, and the number at 1. */
export function subscriptionOf(id, index = 0) {
  return `sub_${index + 1}_${id}`;
}
