// The conversation as it stands on the page. Whatever comes from people or the server becomes text nodes, never markup.
const NEAR_END = 120;

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// A line that begins with a telephone number can be called with one touch; "… : 0900 - 1113111" too.
const NUMBER = /^(\d[\d -]{1,14}\d)(?= \()|(?<=: )(0\d[\d -]{6,14}\d)$/;

function callable(item) {
  const found = NUMBER.exec(item);
  if (!found) return [item];
  const [number] = found;
  const link = element("a", { href: `tel:${number.replace(/[^\d]/g, "")}`, class: "call" }, number);
  return [item.slice(0, found.index), link, item.slice(found.index + number.length)];
}

// All of a message but which button was pressed.
function content({ blocks, buttons, text, media, file, lang }) {
  return JSON.stringify([blocks, buttons?.map(({ label, id, url }) => [label, id, url]), text, media, file, lang]);
}

export class Log {
  constructor(root, scroller, texts, does) {
    this.root = root;
    this.scroller = scroller;
    this.texts = texts;
    this.does = does;
    this.shown = new Map();
    this.waiting = new Map();
    // Bring what is new into view unless the person reads further up.
    this.atEnd = true;
    this.brought = null;
    // Whether what the person types is a secret.
    this.hiding = false;
    for (const scrolled of [scroller, document]) {
      scrolled.addEventListener("scroll", () => {
        this.atEnd = this.view.scrollHeight - this.view.scrollTop - this.view.clientHeight < NEAR_END;
        if (Math.abs(this.view.scrollTop - this.placed) > 2) this.brought = null; // the person scrolled
      });
    }
    new ResizeObserver(() => {
      if (this.view !== scroller) return;
      if (this.brought?.isConnected) this.bring(this.brought);
      else if (this.atEnd) this.toEnd();
    }).observe(scroller);
  }

  get empty() {
    return this.shown.size === 0 && this.waiting.size === 0;
  }

  // What scrolls: the conversation, or in a low window (a phone on its side, much enlarged) the whole page.
  get view() {
    return getComputedStyle(this.scroller).overflowY === "visible" ? document.scrollingElement : this.scroller;
  }

  // Whether more stands there than a welcome, or what is left when everything was forgotten.
  get spoken() {
    return this.root.childElementCount > 1 || Boolean(this.root.querySelector(".person"));
  }

  // Before anything was asked the page stays at its beginning: the welcome and the questions that people ask most.
  toEnd() {
    if (this.spoken) this.view.scrollTop = this.view.scrollHeight;
  }

  show(message) {
    const before = this.shown.get(message.id);
    if (message.delivery) {
      this.waiting.get(message.delivery)?.remove();
      this.waiting.delete(message.delivery);
    }
    if (message.gone) {
      const held = before?.contains(document.activeElement);
      before?.remove();
      this.shown.delete(message.id);
      if (held) this.scroller.focus();
      if (this.brought?.isConnected) this.bring(this.brought); // what stood above it moved
      return;
    }
    if (before && this.onlyPressed(before, message)) return;
    const held = before?.contains(document.activeElement);
    const made = message.by === "person" ? this.own(message) : this.reply(message);
    made.dataset.id = message.id;
    made.content = content(message);
    this.shown.set(message.id, made);
    if (before) {
      before.replaceWith(made);
      if (held) (made.querySelector("button, a") ?? made).focus();
      if (!message.old) made.scrollIntoView({ block: "nearest" });
    } else {
      this.place(made, message.id);
      if (!message.old && (this.atEnd || message.by === "person")) this.bring(made);
    }
  }

  // Where nothing but the pressed button changed, the message is not read out again.
  onlyPressed(made, message) {
    if (made.content !== content(message)) return false;
    const pressable = [...made.querySelectorAll("ul.buttons button")];
    message.buttons?.filter((button) => button.id).forEach((button, number) => this.chosen(pressable[number], button));
    return true;
  }

  place(made, id) {
    const after = [...this.root.children].find((other) => !other.dataset.id || Number(other.dataset.id) > id);
    this.root.insertBefore(made, after ?? null);
  }

  // An answer that is too long for the screen is shown from its beginning.
  bring(made) {
    this.toEnd();
    const top = Math.max(this.scroller.getBoundingClientRect().top, 0);
    if (made.getBoundingClientRect().top < top) made.scrollIntoView({ block: "start" });
    this.brought = made;
    this.placed = this.view.scrollTop;
  }

  pending(act) {
    this.waiting.get(act.delivery)?.remove();
    const made = this.own({ media: act.media, text: act.text, pending: true });
    this.waiting.set(act.delivery, made);
    this.root.append(made);
    this.toEnd();
  }

  failed(act) {
    const made = this.waiting.get(act.delivery);
    if (!made) return;
    const again = element("button", { type: "button", class: "retry" }, this.texts.web_retry);
    again.addEventListener("click", () => this.does.retry(act));
    made.append(element("p", {}, this.texts.web_not_sent, " ", again));
  }

  own(message) {
    const made = element("div", { class: `message person${message.pending ? " pending" : ""}` }, this.speaker("web_you"));
    if (message.media) made.append(element("span", { class: "kind" }, this.texts[message.media === "photo" ? "web_photo_kept" : "web_file_kept"]));
    made.append(this.hiding ? "••••••" : message.text);
    return made;
  }

  reply(message) {
    const made = element("div", { class: "message", lang: message.lang, tabindex: "-1" }, this.speaker("web_assistant"));
    made.append(...message.blocks.map((block) => this.block(block)));
    if (message.file) {
      const get = element("button", { type: "button" }, this.texts.web_download.replace("{name}", message.file));
      get.addEventListener("click", () => this.does.download(message.id, message.file));
      made.append(element("div", { class: "buttons" }, get));
    }
    if (message.buttons.length) {
      made.append(element("ul", { class: "buttons" }, ...message.buttons.map((button) => element("li", {}, this.button(message, button)))));
    }
    return made;
  }

  speaker(name) {
    return element("span", { class: "unseen", lang: document.documentElement.lang }, `${this.texts[name]} `);
  }

  block(block) {
    if (block.kind === "quotation") {
      const source = element("button", { type: "button", class: "source" }, block.source);
      source.addEventListener("click", () => this.does.quoted(block.rule));
      return element("figure", {}, element("blockquote", { lang: "nl" }, block.text), element("figcaption", {}, source));
    }
    if (block.kind === "bullets") return element("ul", {}, ...block.items.map((item) => element("li", {}, ...callable(item))));
    if (block.kind === "heading") return element("h3", {}, block.text);
    return element("p", block.tone === "aside" ? { class: "aside" } : {}, block.text);
  }

  button(message, button) {
    if (button.url) return element("a", { href: button.url, rel: "noopener noreferrer", target: "_blank" }, button.label);
    const made = element("button", { type: "button" });
    this.chosen(made, button);
    made.addEventListener("click", async () => {
      if (made.getAttribute("aria-disabled")) return;
      made.setAttribute("aria-disabled", "true");
      await this.does.press(message.id, button.id);
      made.removeAttribute("aria-disabled");
    });
    return made;
  }

  chosen(made, button) {
    made.classList.toggle("chosen", button.chosen);
    made.replaceChildren(button.label, ...(button.chosen ? [element("span", { class: "unseen", lang: document.documentElement.lang }, ` (${this.texts.web_chosen})`)] : []));
  }
}
