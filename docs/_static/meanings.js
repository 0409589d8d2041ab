// A word of the glossary shows its meaning where the pointer rests or the keyboard has come to it, until it is left or
// Escape is pressed. A first touch shows it, a second follows the link. Without this script it is the link's title.
const tip = Object.assign(document.createElement("div"), { id: "meaning", role: "tooltip", lang: "en", hidden: true });
let shown, leaving;

function show(word) {
  clearTimeout(leaving);
  const [, term, chinese, meaning] = word.dataset.meaning.match(/^(.*?) \((.*?)\): (.*)$/);
  const [bold, other] = [document.createElement("strong"), document.createElement("span")];
  [bold.textContent, other.textContent, other.lang] = [term, chinese, "zh"];
  tip.replaceChildren(bold, " ", other, document.createElement("br"), meaning);
  tip.hidden = false;
  const at = word.getClientRects()[0];
  const above = at.bottom + tip.offsetHeight > innerHeight;
  tip.style.top = `${scrollY + (above ? at.top - tip.offsetHeight : at.bottom)}px`;
  tip.style.left = `${Math.max(8, Math.min(at.left, document.body.clientWidth - tip.offsetWidth - 8))}px`;
  shown = word;
}

function hide() {
  clearTimeout(leaving);
  [tip.hidden, shown] = [true, undefined];
}

const hideSoon = () => (leaving = setTimeout(hide, 200)); // time enough to reach the meaning itself

document.body.append(tip);
tip.addEventListener("pointerenter", () => clearTimeout(leaving));
tip.addEventListener("pointerleave", hideSoon);
document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
document.querySelectorAll("a.term").forEach((word) => {
  let first = false;
  word.dataset.meaning = word.title;
  word.removeAttribute("title");
  word.setAttribute("aria-describedby", tip.id);
  word.addEventListener("focus", () => show(word));
  word.addEventListener("blur", hide);
  word.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && show(word));
  word.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && hideSoon());
  word.addEventListener("pointerdown", ({ pointerType }) => (first = pointerType === "touch" && shown !== word));
  word.addEventListener("click", (event) => first && (event.preventDefault(), show(word)));
});
