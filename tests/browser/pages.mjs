// Each page of the widgets, by itself: what it is called in pictures, and the way to it.

import { at, EXPENSIVE, giveReason, press, TOO_MUCH, UNUSED } from './steps.mjs';

const offered = (page) => page.getByRole('button', { name: 'Accept this offer' }).waitFor();

async function confirm(page) {
  await giveReason(page, EXPENSIVE);
  await press(page, 'No, continue to cancel');
  await at(page, 'Cancel Team?');
}

/** By name: the session's kind, the plans of its customer, and what leads from the first page to this one. */
export const PAGES = {
  choose: {
    kind: 'retention',
    plans: ['team', 'business'],
    lead: (page) => at(page, 'Which subscription do you want to cancel?'),
  },
  reason: { kind: 'retention', lead: (page) => at(page, 'Why do you want to cancel?') },
  discount: {
    kind: 'retention',
    lead: async (page) => {
      await giveReason(page, EXPENSIVE);
      await offered(page);
    },
  },
  pause: {
    kind: 'retention',
    lead: async (page) => {
      await giveReason(page, UNUSED);
      await offered(page);
    },
  },
  plan: {
    kind: 'retention',
    lead: async (page) => {
      await giveReason(page, TOO_MUCH);
      await offered(page);
    },
  },
  confirm: { kind: 'retention', lead: confirm },
  cancelled: {
    kind: 'retention',
    lead: async (page) => {
      await confirm(page);
      await press(page, 'Cancel my subscription');
      await at(page, 'Your subscription is cancelled');
    },
  },
  kept: {
    kind: 'retention',
    lead: async (page) => {
      await press(page, 'Keep my subscription');
      await at(page, 'You keep Team');
    },
  },
  settled: {
    kind: 'retention',
    lead: async (page) => {
      const address = page.url();
      await press(page, 'Keep my subscription');
      await at(page, 'You keep Team');
      await page.goto(address);
      await at(page, 'This is settled');
    },
  },
  nothing: {
    kind: 'retention',
    plans: [],
    lead: (page) => at(page, 'There is nothing to cancel'),
  },
  hub: {
    kind: 'subscription',
    plans: ['team', 'business:paused', 'starter:cancelled'],
    lead: (page) => at(page, 'Your subscriptions'),
  },
  'hub-plans': {
    kind: 'subscription',
    lead: async (page) => {
      await press(page, 'Change plan: Team');
      await at(page, 'Choose a plan');
    },
  },
  'hub-pause': {
    kind: 'subscription',
    lead: async (page) => {
      await press(page, 'Pause: Team');
      await at(page, 'Pause Team');
    },
  },
  'hub-done': {
    kind: 'subscription',
    lead: async (page) => {
      await press(page, 'Pause: Team');
      await press(page, 'Pause');
      await page.getByRole('status').waitFor();
    },
  },
  refused: {
    kind: 'retention',
    lead: async (page) => {
      await page.goto(`${page.url()}x`);
      await at(page, 'This page cannot be opened');
    },
  },
};
