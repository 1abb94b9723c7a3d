/**
 * The page's only script: the search. Written as text because it runs in the reader's browser; without it the page shows
 * everything, and so it does on paper.
 */
export const SCRIPT = `"use strict";
(function () {
  var input = document.getElementById("search");
  var found = document.getElementById("found");
  var changes = Array.prototype.slice.call(document.querySelectorAll("details.change"));
  var all = found ? found.textContent : "";

  /* Opens what a link leads to, and what was searched for. */
  function openTarget() {
    var target = document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  }

  function search() {
    var words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    var shown = 0;
    changes.forEach(function (change) {
      var members = change.querySelector(".members");
      var title = (change.querySelector("summary").textContent + (members ? members.textContent : "")).toLowerCase();
      var any = false;
      Array.prototype.forEach.call(change.querySelectorAll("tbody tr"), function (row) {
        var text = title + " " + row.textContent.toLowerCase();
        var isMatch = words.every(function (word) { return text.indexOf(word) !== -1; });
        row.hidden = !isMatch;
        any = any || isMatch;
      });
      if (!change.querySelector("tbody tr")) {
        any = words.every(function (word) { return title.indexOf(word) !== -1; });
      }
      change.hidden = !any;
      if (words.length > 0) change.open = any;
      if (any) shown += Number(change.getAttribute("data-resources"));
    });
    found.textContent = words.length === 0 ? all : shown + " of " + all;
  }

  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.filter.call(document.querySelectorAll("details:not([open])"), function (one) {
      one.open = true;
      return true;
    });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (one) { one.open = false; });
  });
  window.addEventListener("hashchange", openTarget);
  openTarget();
  if (input) input.addEventListener("input", search);
})();`;
