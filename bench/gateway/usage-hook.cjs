/** Loaded into a measured server: tells CPU (milliseconds since start) and memory (megabytes now and at most) whenever it is asked. */
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({
    cpuMs: (user + system) / 1000,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    peakMb: process.resourceUsage().maxRSS / 1024,
  });
});
process.channel.unref();
