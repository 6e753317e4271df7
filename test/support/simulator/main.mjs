// @ts-check
// `npm run simulator`: an upstream to try the gateway with, no account needed.
import { startSimulator } from './simulator.mjs';

const port = Number(process.argv[2] ?? 8790);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`Not a port: ${process.argv[2]}. Usage: node test/support/simulator/main.mjs [port]`);
  process.exit(2);
}

try {
  const simulator = await startSimulator({ port });
  console.log(`Simulated upstream on ${simulator.url}
  OpenAI base URL     ${simulator.url}/v1
  Anthropic, Gemini   ${simulator.url}
  any credential works; models script behaviour: sim-echo, sim-chunks-100, sim-429-retry-7, … (test/support/simulator/README.md)`);
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void simulator.close().then(() => process.exit(0)));
} catch (error) {
  console.error(
    `Cannot listen on port ${port}: ${error instanceof Error ? error.message : error}. Give another port as argument.`,
  );
  process.exit(1);
}
