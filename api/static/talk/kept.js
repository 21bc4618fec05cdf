// Conversations kept in this browser, one entry each, so that two tabs never overwrite each other's.

const PREFIX = "report-qa.talk.";
const CURRENT = "report-qa.current";

export const newTalk = () => ({ id: Date.now().toString(36) + Math.random().toString(36).slice(2, 6), name: "", turns: [] });

/** Every conversation, the latest first. */
export function keptTalks() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  return keys.map(read).filter(Boolean).sort((one, other) => other.time - one.time);
}

/** Keep a conversation under the name it was given; where the browser is full, the oldest ones make room. */
export function keepTalk(talk) {
  talk.name = read(PREFIX + talk.id)?.name ?? talk.name;
  talk.time = Date.now();
  for (;;) {
    try {
      localStorage.setItem(PREFIX + talk.id, JSON.stringify(talk));
      return;
    } catch {
      const oldest = keptTalks().filter((each) => each.id !== talk.id).at(-1);
      if (!oldest) return;
      dropTalk(oldest.id);
    }
  }
}

export function renameTalk(talk, name) {
  talk.name = name.trim();
  localStorage.setItem(PREFIX + talk.id, JSON.stringify(talk));
}

export const dropTalk = (id) => localStorage.removeItem(PREFIX + id);

/** The conversation this tab had open before it was loaded again, or null. */
export const currentTalk = () => read(PREFIX + sessionStorage.getItem(CURRENT));

export const setCurrent = (talk) => sessionStorage.setItem(CURRENT, talk.id);

export const nameOf = (talk) => talk.name || talk.turns[0]?.question || "";

function read(key) {
  try {
    const talk = JSON.parse(localStorage.getItem(key));
    return Array.isArray(talk?.turns) ? talk : null;
  } catch {
    return null;
  }
}
