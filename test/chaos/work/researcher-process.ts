/** Argument: a ResearcherTask as JSON. Ends when it is killed. */
import { type ResearcherTask, research } from './researcher.ts';

await research(JSON.parse(process.argv[2] ?? '') as ResearcherTask);
