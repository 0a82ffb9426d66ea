// To be imported before a program: its clock differs by as many ms as a file says.
import { readFileSync } from 'node:fs';

const own = Date.now;
Date.now = () => own() + Number(readFileSync(process.env.CLOCK_FILE, 'utf8'));
