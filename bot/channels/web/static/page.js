// Wires the page: composer, conversation, protocol panel.
import { Log } from "./log.js";
import { Panel } from "./panel.js";
import { Wire } from "./wire.js";

const page = JSON.parse(document.body.dataset.page);
const texts = page.texts;
const $ = (id) => document.getElementById(id);
const text = $("text");
const file = $("file");
const typing = $("typing");
const AWAY = "https://www.buienradar.nl/";
const TYPING_LASTS = 15000;
const TOAST_LASTS = 6000;
let typingEnds = 0;
let toastEnds = 0;

const panel = new Panel(texts, page.language);
const log = new Log($("log"), $("scroll"), texts, { press, retry: send, quoted: (rule) => panel.open(rule), download });
const wire = new Wire(page, { message: received, ready, trouble });

function received(message) {
  log.show(message);
  if (message.by === "assistant" && !message.gone) {
    busy(false);
    hide(message.hidden);
    if (!message.old) prefill(message.prefill);
    if (!message.old) panel.follow(message.blocks.filter((block) => block.kind === "quotation").map((block) => block.rule));
  }
  $("start").hidden = log.spoken;
}

// A PIN is typed: nobody who looks on reads it, neither in the box nor above it.
function hide(on) {
  log.hiding = on;
  text.classList.toggle("secret", on);
  text.setAttribute("inputmode", on ? "numeric" : "text");
}

// An earlier answer to start from; what the person is typing is never overwritten.
function prefill(words) {
  if (!words || text.value) return;
  text.value = words;
  grow();
  text.focus();
}

function ready() {
  $("log").setAttribute("aria-busy", "false");
  if (log.empty) send({ kind: "opened", delivery: "opened" });
  $("start").hidden = log.spoken;
  log.toEnd();
}

function busy(on) {
  clearTimeout(typingEnds);
  typing.hidden = !on;
  typing.lastElementChild.textContent = on ? texts.web_typing : "";
  if (on) {
    log.toEnd();
    typingEnds = setTimeout(() => busy(false), TYPING_LASTS);
  }
}

function trouble(reason) {
  $("trouble").textContent = reason ? texts[reason] : "";
  $("trouble").hidden = !reason;
}

function toast(words) {
  clearTimeout(toastEnds);
  $("toast").textContent = words;
  toastEnds = setTimeout(() => ($("toast").textContent = ""), TOAST_LASTS);
}

async function send(act) {
  act.delivery ||= newDelivery();
  if (act.kind === "said" || act.kind === "sent") log.pending(act);
  busy(true);
  try {
    const done = await wire.post(act);
    if (done.toast) toast(done.toast);
    if (!done.messages) busy(false);
  } catch (error) {
    busy(false);
    if (act.kind === "said" || act.kind === "sent") log.failed(act);
    trouble(texts[error.message] ? error.message : "web_failed");
  }
}

async function press(message, button) {
  await send({ kind: "pressed", button, message });
}

async function download(message, name) {
  try {
    const made = URL.createObjectURL(await wire.download(message));
    const link = document.createElement("a");
    link.href = made;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(made), 60000);
  } catch (error) {
    trouble(texts[error.message] ? error.message : "web_failed");
  }
}

function newDelivery() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

function photoChosen() {
  const chosen = file.files[0];
  $("photo-note").hidden = !chosen;
  $("photo-note").firstElementChild.textContent = chosen ? texts.web_photo_chosen.replace("{name}", chosen.name) : "";
  text.placeholder = chosen ? texts.web_caption : texts.web_placeholder;
  text.focus();
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  const chosen = file.files[0];
  if (!words && !chosen) return text.focus();
  trouble("");
  send(chosen ? { kind: "sent", text: words, media: mediaOf(chosen.type) } : { kind: "said", text: words });
  text.value = "";
  if (chosen) {
    file.value = "";
    photoChosen();
  }
  grow();
  text.focus();
});

function mediaOf(type) {
  if (type.startsWith("image/")) return "photo";
  return type.startsWith("video/") ? "video" : "document";
}

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});
text.addEventListener("input", grow);
text.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length) {
    event.preventDefault();
    file.files = event.clipboardData.files;
    photoChosen();
  }
});
// For who is overlooked: another page, and no way back to this one.
$("away").addEventListener("click", () => {
  document.body.hidden = true;
  wire.close();
  location.replace(AWAY);
});
$("photo").addEventListener("click", () => file.click());
$("photo-remove").addEventListener("click", () => {
  file.value = "";
  photoChosen();
});
file.addEventListener("change", photoChosen);
for (const button of $("start").querySelectorAll("button")) {
  button.addEventListener("click", () => {
    send({ kind: "said", text: button.textContent });
    text.focus();
  });
}
wire.open();
