CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE reports (
    report_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    source TEXT NOT NULL,
    path TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    text TEXT NOT NULL,
    profile TEXT NOT NULL,
    page_starts TEXT NOT NULL,
    warnings TEXT NOT NULL,
    near_duplicate_of TEXT,
    num_characters INTEGER NOT NULL,
    num_passages INTEGER NOT NULL
);

CREATE TABLE files (
    path TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE,
    content_hash TEXT NOT NULL,
    sidecar_hash TEXT NOT NULL,
    recipe TEXT NOT NULL
);
CREATE INDEX files_of_report ON files (report_id);

CREATE TABLE fingerprints (
    report_id TEXT PRIMARY KEY REFERENCES reports ON DELETE CASCADE,
    fingerprint BLOB NOT NULL
);

CREATE TABLE sections (report_id TEXT NOT NULL, position INTEGER NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, heading_end INTEGER NOT NULL, end INTEGER NOT NULL, path TEXT NOT NULL, years TEXT NOT NULL, reading TEXT NOT NULL, PRIMARY KEY (report_id, position), FOREIGN KEY (report_id) REFERENCES reports ON DELETE CASCADE) WITHOUT ROWID;

CREATE TABLE tables (report_id TEXT NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, number INTEGER NOT NULL, header TEXT NOT NULL, caption TEXT NOT NULL, unit TEXT NOT NULL, note TEXT NOT NULL, page INTEGER, PRIMARY KEY (report_id, position), FOREIGN KEY (report_id) REFERENCES reports ON DELETE CASCADE) WITHOUT ROWID;

CREATE TABLE notes (report_id TEXT NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, body_start INTEGER NOT NULL, term TEXT NOT NULL, marks TEXT NOT NULL, PRIMARY KEY (report_id, position), FOREIGN KEY (report_id) REFERENCES reports ON DELETE CASCADE) WITHOUT ROWID;

CREATE TABLE vectors (
    vector_id INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (model, text_hash)
);

CREATE TABLE passages (
    passage_id TEXT PRIMARY KEY,
    report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE,
    position INTEGER NOT NULL,
    section_index INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,
    header TEXT NOT NULL,
    place TEXT,
    years TEXT NOT NULL,
    reading TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    vector_id INTEGER NOT NULL REFERENCES vectors,
    UNIQUE (report_id, position)
);
CREATE INDEX passages_of_vector ON passages (vector_id);

CREATE TABLE figures (report_id TEXT NOT NULL, position INTEGER NOT NULL, section_index INTEGER NOT NULL, indicator TEXT NOT NULL, value REAL NOT NULL, unit TEXT NOT NULL, text TEXT NOT NULL, qualifier TEXT NOT NULL, direction TEXT NOT NULL, place TEXT, years TEXT NOT NULL, reading TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, PRIMARY KEY (report_id, position), FOREIGN KEY (report_id) REFERENCES reports ON DELETE CASCADE) WITHOUT ROWID;
CREATE INDEX figures_of_indicator ON figures (indicator);

CREATE TABLE refusals (
    path TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    time TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    progress REAL NOT NULL,
    report_id TEXT,
    reason TEXT NOT NULL
);

INSERT INTO meta VALUES ('version', 7), ('epoch', '5f3a'), ('model', 'letters-16'), ('dimension', 16), ('linked', 7);
INSERT INTO reports VALUES ('0123456789abcdef', 7, 'a.txt', '/reports/a.txt', '00', '青岚县',
    '{"title": "青岚县", "place": null, "place_path": [], "years": [], "kind": "other"}', '[]', '[]', NULL, 3, 0);
INSERT INTO files VALUES ('/reports/a.txt', 'a.txt', '0123456789abcdef', '00', '', 'first recipe');
INSERT INTO jobs VALUES (1, 'a job', 'a.txt', '00', 'done', 1.0, '0123456789abcdef', '');

PRAGMA application_id = 1380995393;
PRAGMA user_version = 1;
