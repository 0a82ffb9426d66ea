// A fresh process: loads the bundle that the argument names, and says what that took.
const cpu = process.cpuUsage();
const start = performance.now();
require(process.argv[2]);
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(JSON.stringify({ ms, cpuMs: (user + system) / 1000 }));
