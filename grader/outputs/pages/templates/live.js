/* Of a page that is served while files are watched: load it anew when there is another version. */
(async () => {
  let known = "";
  for (;;) {
    try {
      const answer = await fetch("version?" + known, { cache: "no-store" });
      const version = await answer.text();
      if (known && version !== known) location.reload();
      known = version;
    } catch {
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
})();
