// Written for browsers of any age: where the page's own program is not understood or does not arrive, nothing of it runs,
// and this says so in place of a blank page.
(function () {
  function look() {
    if (document.getElementById("main")) return;
    var text = document.createElement("p");
    text.setAttribute("role", "alert");
    text.style.padding = "2rem";
    text.appendChild(
      document.createTextNode(
        "The playground did not start. It needs a current browser with JavaScript modules and WebAssembly; " +
          "if yours is one, reload the page."
      ),
    );
    document.body.appendChild(text);
  }
  // Modules have run by then, or have failed.
  if (window.addEventListener) window.addEventListener("load", look);
  else window.attachEvent("onload", look);
})();
