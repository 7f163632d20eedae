// The page: a code in, a clear answer out. Texts are put in as text, never as markup.
import { scan } from "./camera.js";
import { atHand, keep, refresh } from "./keys.js";
import { inForce, verify } from "./verification.js";

const by = (id) => document.getElementById(id);
const OLD_KEYS = 7 * 24 * 3600 * 1000;
const SHOWN = 120 * 1000;
const WORDS = {
  VALID: ["Mã hợp lệ", "Do VssID ký và vừa được xuất trình. Hãy đối chiếu với giấy tờ có ảnh.", "Valid: signed by VssID, shown just now"],
  NOT_IN_FORCE: ["Mã thật, nhưng thẻ không có giá trị hôm nay", "Xem thời hạn và tình trạng thẻ bên dưới.", "True code, but the card does not count today"],
  EXPIRED: ["Mã đã hết hạn", "Đề nghị người bệnh mở mã mới trong VssID. Kiểm tra đồng hồ của máy này.", "Expired: ask for a new code"],
  NOT_YET_VALID: ["Mã chưa có hiệu lực", "Đồng hồ của máy này có thể chạy chậm.", "Not yet valid: is this clock right?"],
  UNKNOWN_KEY: ["Không có khóa để kiểm tra mã này", "Cập nhật khóa khi có mạng; nếu vẫn vậy, mã là giả.", "Unknown key: update the keys"],
  CHANGED: ["Mã không hợp lệ", "Đây không phải mã do VssID ký, hoặc mã đã bị sửa.", "Not what VssID signed"],
  FOR_SOMETHING_ELSE: ["Không phải mã thẻ BHYT", "Mã do VssID ký cho việc khác.", "For something else"],
  NO_KEYS: ["Máy này chưa có khóa", "Cập nhật khóa khi có mạng, hoặc mở tệp khóa.", "No keys yet"],
};
const KINDS = { VALID: "good", NOT_IN_FORCE: "doubt", EXPIRED: "doubt", NOT_YET_VALID: "doubt", UNKNOWN_KEY: "doubt", NO_KEYS: "doubt" };
const STATES = { ACTIVE: "Còn giá trị", EXPIRED: "Hết giá trị", REPLACED: "Đã đổi thẻ mới", WITHDRAWN: "Đã thu hồi", STOPPED: "Đã báo giảm" };
const seen = new Map();
let forgetting;
let ending;

const day = (text) => (text ? text.split("-").reverse().join("/") : "–");
const moment = (at) => new Date(at).toLocaleString("vi-VN", { dateStyle: "short", timeStyle: "medium" });

function facts(card) {
  return [
    ["Mã thẻ", String(card.no)],
    ["Họ và tên", String(card.nm)],
    ["Ngày sinh", day(String(card.bd))],
    ["Mức hưởng", String(card.lv)],
    ["Nơi đăng ký KCB", String(card.fc).replace(/^(..)/, "$1 - ")],
    ["Giá trị", `${day(card.vf)} – ${card.vt ? day(card.vt) : "không thời hạn"}`],
    ["Đủ 05 năm liên tục", day(card.fy)],
    ["Tình trạng", STATES[card.st] ?? String(card.st)],
  ];
}

function show(outcome, card, issuedAt, note) {
  const [title, advice, english] = WORDS[outcome];
  by("result").className = KINDS[outcome] ?? "bad";
  by("title").textContent = title;
  by("advice").textContent = advice;
  by("english").textContent = english;
  by("note").textContent = note ?? "";
  by("facts").replaceChildren(
    ...(card ? [...facts(card), ["Ký lúc", moment(issuedAt * 1000)]] : []).flatMap(([name, value]) => {
      const [term, definition] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      definition.textContent = value;
      return [term, definition];
    }),
  );
  by("result").hidden = false;
  by("result").focus();
  clearTimeout(forgetting);
  forgetting = setTimeout(clear, SHOWN); // a screen at a desk is read by those who come next
}

function clear() {
  clearTimeout(forgetting);
  by("result").hidden = true;
  by("facts").replaceChildren();
  by("token").value = "";
  by("token").focus();
}

async function check(text) {
  const token = text.trim();
  by("token").value = "";
  if (!token) return;
  const now = Date.now();
  const known = atHand();
  if (!known) return show("NO_KEYS");
  const checked = await verify(token, known.keys, now);
  const good = checked.outcome === "VALID";
  const outcome = good && !inForce(checked.card, now) ? "NOT_IN_FORCE" : checked.outcome;
  const before = seen.get(token);
  if (good && before === undefined) seen.set(token, now);
  const note = before ? `Mã này đã được quét lúc ${moment(before)}: nếu không phải cùng người, mã có thể đã bị chụp lại.` : "";
  show(outcome, checked.card, checked.issuedAt, note);
}

function tellAge() {
  const known = atHand();
  const old = known && Date.now() - known.fetchedAt > OLD_KEYS;
  by("age").className = !known || old ? "doubt" : "";
  by("age").textContent = known
    ? `Khóa cập nhật lúc ${moment(known.fetchedAt)} (${known.keys.size} khóa)${old ? " – đã cũ, hãy cập nhật khi có mạng" : ""}.`
    : "Chưa có khóa.";
}

async function update() {
  by("age").textContent = "Đang cập nhật khóa…";
  const fetched = await refresh();
  tellAge();
  if (!fetched) by("age").append(" Chưa cập nhật được: không có mạng.");
}

async function openKeys(event) {
  const [file] = event.target.files;
  let read = null;
  try {
    read = file.size < 100_000 ? JSON.parse(await file.text()) : null;
  } catch {
    // said below
  }
  const opened = keep(read, Date.now());
  tellAge();
  if (!opened) by("age").append(" Tệp này không phải tệp khóa.");
  event.target.value = "";
}

async function toggleCamera() {
  if (ending) return endCamera();
  try {
    by("video").hidden = false;
    ending = await scan(by("video"), (text) => {
      endCamera();
      check(text);
    });
    by("camera").textContent = "Tắt máy ảnh";
  } catch {
    endCamera();
    by("age").append(" Không mở được máy ảnh.");
  }
}

function endCamera() {
  ending?.();
  ending = undefined;
  by("video").hidden = true;
  by("camera").textContent = "Dùng máy ảnh";
}

by("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check(by("token").value);
});
by("clear").addEventListener("click", clear);
by("camera").addEventListener("click", toggleCamera);
by("update").addEventListener("click", update);
by("open").addEventListener("change", openKeys);
by("camera").hidden = !navigator.mediaDevices?.getUserMedia;
tellAge();
refresh().then(tellAge);
