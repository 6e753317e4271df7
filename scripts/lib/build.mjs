import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { steps } from './build-steps.mjs';
import { fingerprint } from './fingerprint.mjs';
import { inRoot } from './paths.mjs';

/** Per step, the fingerprint of what it was built from. */
const stampOf = (step) => inRoot('dist/.built', step.name);
/** A new version of a tool, or of the build itself, invalidates every step. */
const always = ['package-lock.json', 'scripts/lib/build-steps.mjs'];

/** True when `build(targets)` would find nothing to do. */
export const isBuilt = (targets) => pending(targets).next().done === true;

/**
 * Brings the targets up to date.
 * @param targets any of 'server', 'web'
 * @param force run every step, whatever its stamp says
 */
export async function build(targets, { force = false } = {}) {
  for (const { step, print } of pending(targets, force)) {
    const started = Date.now();
    await step.run();
    const missing = step.outputs.filter((path) => !existsSync(inRoot(path)));
    if (missing.length > 0) throw new Error(`Build step "${step.name}" did not write ${missing.join(', ')}.`);
    mkdirSync(dirname(stampOf(step)), { recursive: true });
    writeFileSync(stampOf(step), print);
    console.log(`Built ${step.name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

/** The steps to run. Lazy: the inputs of a step are read after the steps before it have run. */
function* pending(targets, force = false) {
  const known = new Map();
  for (const step of steps.filter(({ target }) => targets.includes(target))) {
    const inputs = JSON.stringify([step.inputs, step.ignored]);
    const print = known.get(inputs) ?? fingerprint([...always, ...step.inputs], step.ignored);
    known.set(inputs, print);
    const isCurrent = readStamp(step) === print && step.outputs.every((path) => existsSync(inRoot(path)));
    if (force || !isCurrent) yield { step, print };
  }
}

function readStamp(step) {
  return existsSync(stampOf(step)) ? readFileSync(stampOf(step), 'utf8') : undefined;
}
