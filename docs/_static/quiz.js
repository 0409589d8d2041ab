// A quiz on a page: say of a chosen letter whether it is right. Nothing is stored or sent.
const [RIGHT, WRONG] = document.documentElement.lang.startsWith("zh")
  ? ["✓ 正确", "✗ 不对：请再读这一节"]
  : ["✓ right", "✗ no: read the section again"];
document.querySelectorAll(".quiz [data-right]").forEach((question) => {
  question.addEventListener("change", ({ target }) => {
    const right = target.value === question.dataset.right;
    const verdict = question.querySelector(".verdict");
    verdict.textContent = right ? RIGHT : WRONG;
    verdict.classList.toggle("right", right);
  });
});
