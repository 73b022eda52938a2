// Pages of the widgets, with the steps that open them.

import {
  EXPENSIVE,
  enterCard,
  expectHeading,
  follow,
  press,
  redeem,
  submitReason,
  TOO_MUCH,
  UNUSED,
} from './steps.mjs';

const waitForOffer = (page) => page.getByRole('button', { name: 'Accept this offer' }).waitFor();

async function confirm(page) {
  await submitReason(page, EXPENSIVE);
  await press(page, 'No, continue to cancel');
  await expectHeading(page, 'Cancel Team?');
}

/**
 * Pages by name. `kind` is the kind of the session, `plans` are the plans of the customer's subscriptions, and `open`
 * performs the steps from the widget's first page to this page.
 */
export const PAGES = {
  choose: {
    kind: 'retention',
    plans: ['team', 'business'],
    open: (page) => expectHeading(page, 'Which subscription do you want to cancel?'),
  },
  reason: { kind: 'retention', open: (page) => expectHeading(page, 'Why do you want to cancel?') },
  discount: {
    kind: 'retention',
    open: async (page) => {
      await submitReason(page, EXPENSIVE);
      await waitForOffer(page);
    },
  },
  pause: {
    kind: 'retention',
    open: async (page) => {
      await submitReason(page, UNUSED);
      await waitForOffer(page);
    },
  },
  plan: {
    kind: 'retention',
    open: async (page) => {
      await submitReason(page, TOO_MUCH);
      await waitForOffer(page);
    },
  },
  confirm: { kind: 'retention', open: confirm },
  cancelled: {
    kind: 'retention',
    open: async (page) => {
      await confirm(page);
      await press(page, 'Cancel my subscription');
      await expectHeading(page, 'Your subscription is cancelled');
    },
  },
  kept: {
    kind: 'retention',
    open: async (page) => {
      await press(page, 'Keep my subscription');
      await expectHeading(page, 'You keep Team');
    },
  },
  decided: {
    kind: 'retention',
    open: async (page) => {
      const url = page.url();
      await press(page, 'Keep my subscription');
      await expectHeading(page, 'You keep Team');
      await page.goto(url);
      await expectHeading(page, 'Already decided');
    },
  },
  nothing: {
    kind: 'retention',
    plans: [],
    open: (page) => expectHeading(page, 'There is nothing to cancel'),
  },
  hub: {
    kind: 'subscription',
    plans: ['team', 'business:paused', 'starter:cancelled'],
    open: (page) => expectHeading(page, 'Your subscriptions'),
  },
  'hub-plans': {
    kind: 'subscription',
    open: async (page) => {
      await press(page, 'Change plan: Team');
      await expectHeading(page, 'Choose a plan');
    },
  },
  'hub-pause': {
    kind: 'subscription',
    open: async (page) => {
      await press(page, 'Pause: Team');
      await expectHeading(page, 'Pause Team');
    },
  },
  'hub-promo-code': {
    kind: 'subscription',
    open: async (page) => {
      await press(page, 'Promo code: Team');
      await expectHeading(page, 'Promo code for Team');
    },
  },
  'hub-promo-code-error': {
    kind: 'subscription',
    open: async (page) => {
      await press(page, 'Promo code: Team');
      await redeem(page, 'SUMMER25');
      await page.getByText('This promo code has expired.').waitFor();
    },
  },
  'hub-payment-method': {
    kind: 'subscription',
    open: async (page) => {
      await follow(page, 'Update payment method');
      await expectHeading(page, 'Payment method');
    },
  },
  'hub-payment-method-error': {
    kind: 'subscription',
    open: async (page) => {
      await follow(page, 'Update payment method');
      await enterCard(page, '4242 4242 4242 4241', '12/20');
      await page.getByText('The card number is invalid.').waitFor();
    },
  },
  'hub-invoices': {
    kind: 'subscription',
    plans: ['team', 'business'],
    open: async (page) => {
      await follow(page, 'Invoices');
      await expectHeading(page, 'Invoices');
    },
  },
  'hub-done': {
    kind: 'subscription',
    open: async (page) => {
      await press(page, 'Pause: Team');
      await press(page, 'Pause');
      await page.getByRole('status').waitFor();
    },
  },
  error: {
    kind: 'retention',
    open: async (page) => {
      await page.goto(`${page.url()}x`);
      await expectHeading(page, 'This page cannot be opened');
    },
  },
};
