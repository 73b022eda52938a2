// Parts of the dashboard's page.

/** Resets the sandbox, and opens the dashboard. */
export async function openDashboard({ sandbox, context }) {
  await sandbox.reset();
  const page = await context.newPage();
  await page.goto(sandbox.url);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  return page;
}

/** Returns a section by its heading: a text or, if the heading contains a count, a regular expression. */
export const region = (page, name) => page.getByRole('region', { name, exact: typeof name === 'string' });

/** Returns the entries of a section's list that contain a text. */
export const entries = (page, name, text) => region(page, name).getByRole('listitem').filter({ hasText: text });

/** Returns the names of the messages and callbacks in the log of the host page, except those of sizes. */
export async function loggedNames(page) {
  const names = await page.getByRole('log').getByRole('listitem').locator('strong').allInnerTexts();
  return names.filter((name) => name !== 'resize');
}
