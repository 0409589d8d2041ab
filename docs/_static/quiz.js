// A quiz on a page: say of a chosen letter whether it is right. Nothing is stored or sent.
document.querySelectorAll(".quiz [data-right]").forEach((question) => {
  question.addEventListener("change", ({ target }) => {
    const right = target.value === question.dataset.right;
    const verdict = question.querySelector(".verdict");
    verdict.textContent = right ? "✓ right" : "✗ no: read the section again";
    verdict.classList.toggle("right", right);
  });
});
