import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inRoot } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { run, start } from './process.mjs';

const exitWithinMs = 15_000;
const isCi = /^(true|1)$/.test(process.env.CI ?? '');

/**
 * Runs one stage.
 * @param jestArgs further arguments for jest, from the command line
 * @returns {Promise<{name: string, passed: number, failed: number, skipped: number, problems: string[], secondTries?: string[],
 *   ms: number}>} secondTries: tests that failed at first and passed when tried again
 */
export async function runStage(name, stage, jestArgs) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 70 - name.length))}`);
  const started = Date.now();
  const result = await attempt(name, stage, jestArgs);
  return { name, ...result, ms: Date.now() - started };
}

async function attempt(name, stage, jestArgs) {
  try {
    await prepare(stage.builds);
    return stage.jest ? await runJest(name, stage, jestArgs) : await runCommands(stage);
  } catch (error) {
    console.error(error.message);
    return { passed: 0, failed: 1, skipped: 0, problems: [`${name}: ${error.message}`] };
  }
}

async function runCommands({ commands, timeoutMs }) {
  const problems = [];
  for (const [command, ...args] of commands) {
    const { code, timedOut } = await run(command, args, { timeoutMs });
    if (code !== 0) problems.push(`${[basename(command), ...args].join(' ')}${timedOut ? ' (timed out)' : ''}`);
  }
  return { passed: commands.length - problems.length, failed: problems.length, skipped: 0, problems };
}

async function runJest(name, stage, jestArgs) {
  const folder = mkdtempSync(join(tmpdir(), 'one-api-test-'));
  const outputFile = join(folder, 'result.json');
  const program = [inRoot('node_modules/jest/bin/jest.js'), '--selectProjects', stage.jest, ...stage.args];
  const output = ['--passWithNoTests', '--json', `--outputFile=${outputFile}`];
  try {
    const { code, late } = await runUntilResult([...program, ...output, ...jestArgs], outputFile, stage.timeoutMs);
    if (late && !existsSync(outputFile)) throw new Error(`no end within ${stage.timeoutMs / 60_000} minutes`);
    return count(name, stage, readResult(outputFile), { code, late });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Ends jest when the time is over, or soon after its result is there: then a test has left something open.
 * @returns {Promise<{code: number, late: boolean}>} late: it did not end by itself
 */
async function runUntilResult(args, outputFile, timeoutMs) {
  // jest prints the JSON on stdout as well; what people read goes to stderr.
  const program = start(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let late = false;
  const end = () => ((late = true), program.end());
  const timers = [setTimeout(end, timeoutMs)];
  const watch = setInterval(() => {
    if (!existsSync(outputFile)) return;
    clearInterval(watch);
    timers.push(setTimeout(end, exitWithinMs));
  }, 500);
  try {
    const { code } = await program.ended;
    return { code, late };
  } finally {
    clearInterval(watch);
    timers.forEach(clearTimeout);
  }
}

function readResult(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error('jest ended without a result; the reason is printed above');
  }
}

function count(name, { optional = false }, json, { code, late }) {
  const problems = json.testResults.flatMap((suite) => suiteProblems(name, suite));
  const skipped = json.numPendingTests + json.numTodoTests;
  if (json.numTotalTests === 0 && json.numTotalTestSuites === 0) console.log(`No ${name} tests in this checkout.`);
  if (json.numTotalTests === 0 && isCi && !optional) problems.push(`${name}: no test ran`);
  if (skipped > 0 && isCi) problems.push(...json.testResults.flatMap((suite) => skippedTests(name, suite)));
  if (late) problems.push(`${name}: jest did not end after its last test; something is left open`);
  else if (code !== 0 && problems.length === 0) problems.push(`${name}: jest exited with ${code}`);
  const secondTries = json.testResults.flatMap((suite) => secondTriesOf(name, suite));
  return { passed: json.numPassedTests, failed: problems.length, skipped, problems, secondTries };
}

function suiteProblems(name, suite) {
  const failed = suite.assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length > 0) return failed.map(({ fullName }) => `${name}: ${fullName}`);
  return suite.status === 'failed'
    ? [`${name}: ${suite.name.replace(`${inRoot()}/`, '')} failed outside its tests`]
    : [];
}

function secondTriesOf(name, suite) {
  const again = suite.assertionResults.filter(({ status, invocations }) => status === 'passed' && invocations > 1);
  return again.map(({ fullName }) => `${name}: ${fullName}`);
}

function skippedTests(name, suite) {
  const skipped = suite.assertionResults.filter(({ status }) => status === 'pending' || status === 'todo');
  return skipped.map(({ fullName }) => `${name}: skipped, which CI does not allow: ${fullName}`);
}
