// Runs the stages of the test suite, cheapest first, and ends with the line "N passed, N failed".
//   node scripts/test.mjs [--only unit,contract] [jest arguments, e.g. -t "settles once"]
// With CI set, a stage without tests, and a test skipped for want of a service, are failures.
import { requireSupportedNode } from './lib/node-version.mjs';

requireSupportedNode();
const { stages, standard } = await import('./lib/stages.mjs');
const { prepare } = await import('./lib/prepare.mjs');
const { runStage } = await import('./lib/run-stage.mjs');
const { report } = await import('./lib/report.mjs');

const { names, rest } = parse(process.argv.slice(2));
try {
  await prepare();
  const results = [];
  for (const name of names) results.push(await runStage(name, stages[name], rest));
  process.exitCode = report(results);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function parse(args) {
  const at = args.indexOf('--only');
  const asked = at < 0 ? standard : (args[at + 1] ?? '').split(',');
  const unknown = asked.filter((name) => !(name in stages));
  if (unknown.length > 0) {
    console.error(`No such stage: ${unknown.join(', ')}. There are: ${Object.keys(stages).join(', ')}.`);
    process.exit(2);
  }
  return { names: asked, rest: at < 0 ? args : args.toSpliced(at, 2) };
}
