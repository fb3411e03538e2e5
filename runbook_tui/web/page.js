"use strict";
// Keys go to the terminal without a click into it first.
addEventListener("load", () => {
  const field = document.querySelector(".xterm-helper-textarea");
  if (field) field.focus();
});
