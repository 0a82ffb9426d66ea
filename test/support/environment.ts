// Metric lines of Powertools would drown the test runner's output.
process.env.POWERTOOLS_METRICS_DISABLED = 'true';
