const sum = (results, field) => results.reduce((total, result) => total + result[field], 0);

/** Prints the summary, last line "N passed, N failed". Returns the exit code. */
export function report(results) {
  console.log(`\n${row('stage', 'passed', 'failed', 'skipped', 'seconds')}`);
  for (const { name, passed, failed, skipped, ms } of results)
    console.log(row(name, passed, failed, skipped, (ms / 1000).toFixed(1)));
  const problems = results.flatMap((result) => result.problems);
  if (problems.length > 0) console.log(`\nFailed:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  const secondTries = results.flatMap((result) => result.secondTries ?? []);
  if (secondTries.length > 0)
    console.log(`\n${secondTries.map((test) => `passed on the second try: ${test}`).join('\n')}`);
  console.log(`\n${sum(results, 'passed')} passed, ${sum(results, 'failed')} failed`);
  return problems.length > 0 ? 1 : 0;
}

function row(name, ...cells) {
  return name.padEnd(10) + cells.map((cell) => String(cell).padStart(9)).join('');
}
