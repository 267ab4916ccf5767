// A tick every 0.7 seconds, from a worker: browsers slow down the timers of a tab that is not looked at, and calls come there too.
setInterval(() => postMessage("tick"), 700);
