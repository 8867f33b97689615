// Before the first paint, so that a chosen theme does not flash: a plain script, not a module.
(function () {
  try {
    var chosen = localStorage.getItem('forebay.theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch (e) {
    // No storage: the system's theme.
  }
})();
