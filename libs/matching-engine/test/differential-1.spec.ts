import { hundredSeedsAgree } from './differential-seeds.js';

hundredSeedsAgree(1);
