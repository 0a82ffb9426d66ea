#!/usr/bin/env node
import { main } from '../local/cli/program.ts';

process.exitCode = await main(process.argv);
