// A thread that replays the journal to an instant of the past: neither the replay nor the question holds the market up. Each message is answered, so that no more wait
// than are told at a time.
import { parentPort } from 'node:worker_threads';
import { Past, type Asked, type Told } from './past.js';

const past = new Past();
parentPort!.on('message', (told: Told | Asked) => parentPort!.postMessage(past.take(told)));
