/**
 * In CI alone, for suites that run whole servers, databases and browsers: a test that failed is tried once more. The report
 * names every test that needed it.
 */
if (/^(true|1)$/.test(process.env.CI ?? '')) {
  jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
}
