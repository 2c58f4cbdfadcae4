// The responders' page, which observers and the wall screen see too.

import { openConsole } from "./page.js";

openConsole();
