// What to make of several figures.

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

export function sum(numbers) {
  return numbers.reduce((a, b) => a + b, 0);
}
