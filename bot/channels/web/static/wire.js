// The line to the server: what happens comes as server-sent events, what the person does goes out as a POST that may safely be repeated.
const TRIES = 4;
const REOPEN = 3000;
const HIDDEN_FOR = 30000;

export class Wire {
  constructor(page, hears) {
    this.as = page.as;
    this.language = page.language;
    this.hears = hears;
    this.last = 0;
    this.source = null;
    this.waiting = 0;
    // A browser allows six lines to one server: a tab that nobody sees gives its line back, and asks for what it missed afterwards.
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.waiting);
      if (document.hidden) this.waiting = setTimeout(() => this.close(), HIDDEN_FOR);
      else if (!this.source) this.open();
    });
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.open());
  }

  async open() {
    this.close();
    const met = await this.request("session", {}).catch(() => null);
    if (!met?.ok) return this.reopen();
    if (this.source) return undefined;
    const source = new EventSource(`stream?as=${this.as}&after=${this.last}`);
    this.source = source;
    let old = true;
    source.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      this.last = Number(event.lastEventId);
      this.hears.message({ ...message, old });
    });
    source.addEventListener("ready", () => {
      old = false;
      this.hears.trouble("");
      this.hears.ready();
    });
    source.addEventListener("error", () => {
      old = true;
      if (this.source !== source) return;
      if (source.readyState === EventSource.CLOSED) this.reopen();
      else this.hears.trouble("web_offline");
    });
    return undefined;
  }

  reopen() {
    this.close();
    this.hears.trouble("web_offline");
    this.waiting = setTimeout(() => this.open(), REOPEN);
  }

  close() {
    clearTimeout(this.waiting);
    this.source?.close();
    this.source = null;
  }

  // Resolves to {toast, messages}; rejects with the name of a text.
  async post(act) {
    for (let tried = 1; ; tried += 1) {
      const answer = await this.request("turns", { ...act, as: this.as, language: this.language }).catch(() => null);
      if (answer?.ok) return answer.json();
      if (answer?.status === 429) throw new Error("web_too_fast");
      if (answer && answer.status < 500) throw new Error(answer.status === 401 ? "web_no_session" : "web_refused");
      if (tried === TRIES) throw new Error(answer?.status === 503 ? "web_not_stored" : "web_failed");
      await new Promise((go) => setTimeout(go, 500 * 2 ** tried));
    }
  }

  async download(message) {
    const answer = await this.request("file", { message, as: this.as }).catch(() => null);
    if (answer?.ok) return answer.blob();
    throw new Error(answer?.status === 410 ? "web_file_gone" : "web_failed");
  }

  request(path, body) {
    return fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }
}
