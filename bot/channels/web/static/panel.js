// The protocol beside the conversation: browse, search, and see a quoted rule where it stands.
import { element } from "./log.js";

const WIDE = matchMedia("(min-width: 64rem)");

export class Panel {
  constructor(texts, language) {
    this.texts = texts;
    this.language = language;
    this.dialog = document.getElementById("protocol");
    this.opener = document.getElementById("browse");
    this.field = document.getElementById("find");
    this.found = document.getElementById("found");
    this.root = document.getElementById("rules");
    this.sections = [];
    this.loading = null;
    this.wanted = "";
    this.opener.addEventListener("click", () => (this.dialog.open ? this.close() : this.open()));
    document.getElementById("close").addEventListener("click", () => this.close());
    this.dialog.addEventListener("close", () => this.opener.setAttribute("aria-expanded", "false"));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.matches(":modal") && this.close());
    this.meant = [];
    this.field.addEventListener("input", () => {
      this.meant = [];
      this.search();
      this.ask();
    });
    WIDE.addEventListener("change", () => {
      if (!this.dialog.open) return;
      this.dialog.close();
      this.show();
    });
    if (WIDE.matches) this.show();
  }

  show() {
    if (!this.dialog.open) {
      // show() would move the focus; beside the conversation it stays where the person is.
      if (WIDE.matches) this.dialog.setAttribute("open", "");
      else this.dialog.showModal();
    }
    this.opener.setAttribute("aria-expanded", "true");
    return this.load();
  }

  // Because somebody asked for it: the focus goes along.
  async open(rule = "") {
    await this.show();
    if (rule) {
      this.clear();
      this.mark(rule)?.focus();
    } else (WIDE.matches ? this.field : document.getElementById("protocol-title")).focus();
  }

  // Because an answer quotes it: only where the panel stands open beside the conversation, and without moving the focus.
  async follow(rules) {
    if (!rules.length) return;
    [this.wanted] = rules;
    if (!this.dialog.open || this.dialog.matches(":modal") || this.field.value) return;
    await this.load();
    this.mark(this.wanted);
  }

  close() {
    const inside = this.dialog.contains(document.activeElement);
    this.dialog.close();
    if (inside) this.opener.focus();
  }

  load() {
    this.loading ??= fetch(`protocol.json?taal=${this.language}`)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
      .then((protocol) => {
        this.draw(protocol);
        if (this.wanted) this.mark(this.wanted);
      })
      .catch(() => {
        this.loading = null;
        this.found.textContent = this.texts.web_failed;
      });
    return this.loading;
  }

  draw(protocol) {
    this.sections = protocol.sections.map((section) => ({
      made: element("section", {}, element("h3", { lang: "nl" }, section.place)),
      rules: section.rules.map((rule) => ({ ...rule, ...this.article(rule) })),
    }));
    for (const section of this.sections) section.made.append(...section.rules.map((rule) => rule.made));
    this.root.replaceChildren(...this.sections.map((section) => section.made));
  }

  article(rule) {
    const words = element("blockquote", { lang: "nl" }, rule.text);
    const made = element("article", { class: "rule", id: `rule-${rule.id}`, tabindex: "-1" }, element("h4", {}, rule.heading), words);
    return { made, words, plain: plain(`${rule.text} ${rule.heading} ${rule.id}`) };
  }

  mark(id) {
    const made = document.getElementById(`rule-${id}`);
    for (const other of this.root.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    made?.setAttribute("aria-current", "true");
    made?.scrollIntoView({ block: "nearest" });
    return made;
  }

  clear() {
    if (!this.field.value) return;
    this.field.value = "";
    this.search();
  }

  // Besides the words themselves: the rules that are meant by them ("facebook vrienden").
  ask() {
    clearTimeout(this.asking);
    const typed = this.field.value.trim();
    if (typed.length < 3) return;
    this.asking = setTimeout(async () => {
      const answer = await fetch("find", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text: typed.slice(0, 200) }) }).catch(() => null);
      if (!answer?.ok || this.field.value.trim() !== typed) return;
      this.meant = (await answer.json()).rules;
      const literal = this.count;
      this.search();
      if (!literal && this.meant.length) this.mark(this.meant[0]);
    }, 250);
  }

  search() {
    const wanted = plain(this.field.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const section of this.sections) {
      let any = false;
      for (const rule of section.rules) {
        const fits = wanted.every((word) => rule.plain.includes(word)) || this.meant.includes(rule.id);
        rule.made.hidden = !fits;
        rule.words.replaceChildren(...(fits && wanted.length ? marked(rule.text, wanted) : [rule.text]));
        any ||= fits;
        count += fits;
      }
      section.made.hidden = !any;
    }
    this.count = count;
    const name = count === 0 ? "web_found_none" : count === 1 ? "web_found_one" : "web_found";
    this.found.textContent = wanted.length ? this.texts[name].replace("{count}", count) : "";
  }
}

// Lower case without accents, letter for letter, so that places in it are places in the text.
function plain(text) {
  return [...text].map((letter) => letter.normalize("NFD")[0].toLowerCase().padEnd(letter.length)).join("");
}

function marked(text, words) {
  const haystack = plain(text);
  const parts = [];
  let at = 0;
  while (at < text.length) {
    const hits = words.map((word) => [haystack.indexOf(word, at), word.length]).filter(([place]) => place >= 0);
    if (!hits.length) break;
    const [place, length] = hits.reduce((first, other) => (other[0] < first[0] || (other[0] === first[0] && other[1] > first[1]) ? other : first));
    parts.push(text.slice(at, place), element("mark", {}, text.slice(place, place + length)));
    at = place + length;
  }
  return [...parts, text.slice(at)];
}
