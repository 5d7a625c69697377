CREATE TABLE chats (
	id VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	private BOOLEAN NOT NULL, 
	address VARCHAR NOT NULL, 
	person VARCHAR, 
	language VARCHAR, 
	updated BIGINT NOT NULL, 
	CONSTRAINT pk_chats PRIMARY KEY (id)
);
CREATE INDEX ix_chats_person ON chats (person);
CREATE INDEX ix_chats_updated ON chats (updated);
CREATE TABLE deliveries (
	id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_deliveries_at ON deliveries (at);
CREATE TABLE senders (
	id VARCHAR NOT NULL, 
	seen BIGINT NOT NULL, 
	CONSTRAINT pk_senders PRIMARY KEY (id)
);
CREATE TABLE rate_limits (
	name VARCHAR NOT NULL, 
	full_at BIGINT NOT NULL, 
	CONSTRAINT pk_rate_limits PRIMARY KEY (name)
);
CREATE INDEX ix_rate_limits_full_at ON rate_limits (full_at);
CREATE TABLE unanswered (
	id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	language VARCHAR NOT NULL, 
	question VARCHAR NOT NULL, 
	label VARCHAR, 
	CONSTRAINT pk_unanswered PRIMARY KEY (id)
);
CREATE TABLE feedback (
	id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	label VARCHAR NOT NULL, 
	helpful BOOLEAN NOT NULL, 
	question VARCHAR NOT NULL, 
	CONSTRAINT pk_feedback PRIMARY KEY (id)
);
CREATE TABLE board_keys (
	id VARCHAR NOT NULL, 
	proof BLOB NOT NULL, 
	CONSTRAINT pk_board_keys PRIMARY KEY (id)
);
CREATE TABLE web_messages (
	chat VARCHAR NOT NULL, 
	id INTEGER NOT NULL, 
	changed INTEGER NOT NULL, 
	delivery VARCHAR NOT NULL, 
	data BLOB, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_web_messages PRIMARY KEY (chat, id), 
	CONSTRAINT uq_web_messages_chat_changed UNIQUE (chat, changed), 
	CONSTRAINT uq_web_messages_chat_delivery UNIQUE (chat, delivery)
);
CREATE INDEX ix_web_messages_at ON web_messages (at);
CREATE TABLE teams_cards (
	chat VARCHAR NOT NULL, 
	message VARCHAR NOT NULL, 
	card BLOB NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_teams_cards PRIMARY KEY (chat, message)
)
 WITHOUT ROWID

;
CREATE INDEX ix_teams_cards_at ON teams_cards (at);
CREATE TABLE teams_offers (
	token VARCHAR NOT NULL, 
	chat VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_teams_offers PRIMARY KEY (token)
)
 WITHOUT ROWID

;
CREATE INDEX ix_teams_offers_at ON teams_offers (at);
CREATE TABLE cases (
	id VARCHAR NOT NULL, 
	board VARCHAR NOT NULL, 
	number VARCHAR, 
	school VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	reporter VARCHAR NOT NULL, 
	keeper VARCHAR NOT NULL, 
	opened BIGINT NOT NULL, 
	changed BIGINT NOT NULL, 
	revision INTEGER NOT NULL, 
	agreed DATE, 
	flow VARCHAR NOT NULL, 
	flow_version INTEGER NOT NULL, 
	involved BLOB, 
	"key" BLOB, 
	closed BLOB, 
	content BLOB, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_board_number UNIQUE (board, number)
);
CREATE INDEX ix_cases_reporter_state ON cases (reporter, state);
CREATE INDEX ix_cases_guarded ON cases (board, school) WHERE involved IS NOT NULL;
CREATE INDEX ix_cases_board_state_school_opened ON cases (board, state, school, opened);
CREATE INDEX ix_cases_keeper_state ON cases (keeper, state);
CREATE TABLE case_events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	board VARCHAR NOT NULL, 
	"case" VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	function VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	about VARCHAR NOT NULL
);
CREATE INDEX ix_case_events_case ON case_events ("case");
CREATE TRIGGER case_events_no_UPDATE BEFORE UPDATE ON case_events BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END;
CREATE TRIGGER case_events_no_DELETE BEFORE DELETE ON case_events BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END;
CREATE TABLE case_numbers (
	board VARCHAR NOT NULL, 
	year INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_case_numbers PRIMARY KEY (board, year)
);
CREATE TABLE leases (
	name VARCHAR NOT NULL, 
	until BIGINT NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name)
);
CREATE TABLE people (
	person VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	schools VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	note VARCHAR, 
	CONSTRAINT pk_people PRIMARY KEY (person)
);
CREATE TABLE invitations (
	hash VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	schools VARCHAR NOT NULL, 
	channel VARCHAR, 
	expires BIGINT NOT NULL, 
	used BIGINT, 
	person VARCHAR, 
	note VARCHAR, 
	CONSTRAINT pk_invitations PRIMARY KEY (hash)
);
CREATE TABLE tries (
	id INTEGER NOT NULL, 
	person VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_tries PRIMARY KEY (id)
);
CREATE INDEX ix_tries_person_kind_at ON tries (person, kind, at);
CREATE TABLE pins (
	person VARCHAR NOT NULL, 
	salt BLOB NOT NULL, 
	hash BLOB NOT NULL, 
	CONSTRAINT pk_pins PRIMARY KEY (person)
);
CREATE TABLE pin_proposals (
	person VARCHAR NOT NULL, 
	salt BLOB NOT NULL, 
	hash BLOB NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_pin_proposals PRIMARY KEY (person)
);
CREATE TABLE unlocked (
	person VARCHAR NOT NULL, 
	chat VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	seen BIGINT NOT NULL, 
	CONSTRAINT pk_unlocked PRIMARY KEY (person, chat)
);
CREATE TABLE reminders (
	person VARCHAR NOT NULL, 
	"case" VARCHAR NOT NULL, 
	reminded BIGINT, 
	snoozed BIGINT, 
	CONSTRAINT pk_reminders PRIMARY KEY (person, "case")
);
CREATE INDEX ix_reminders_reminded ON reminders (reminded);
CREATE TABLE schools (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	closed BIGINT, 
	CONSTRAINT pk_schools PRIMARY KEY (id), 
	CONSTRAINT uq_schools_name UNIQUE (name)
);
CREATE TABLE sessions (
	chat VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	data BLOB NOT NULL, 
	updated BIGINT NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (chat, person), 
	CONSTRAINT fk_sessions_chat FOREIGN KEY(chat) REFERENCES chats (id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_sessions_person ON sessions (person);
CREATE INDEX ix_sessions_updated ON sessions (updated);
CREATE TABLE keyboards (
	id VARCHAR NOT NULL, 
	chat VARCHAR NOT NULL, 
	person VARCHAR, 
	actions BLOB NOT NULL, 
	created BIGINT NOT NULL, 
	CONSTRAINT pk_keyboards PRIMARY KEY (id), 
	CONSTRAINT fk_keyboards_chat FOREIGN KEY(chat) REFERENCES chats (id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_keyboards_chat ON keyboards (chat);
CREATE INDEX ix_keyboards_person ON keyboards (person);
CREATE INDEX ix_keyboards_created ON keyboards (created);
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	chat VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	token VARCHAR NOT NULL, 
	payload BLOB NOT NULL, 
	due BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	sender VARCHAR, 
	weight INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT fk_outbox_chat FOREIGN KEY(chat) REFERENCES chats (id)
);
CREATE INDEX ix_outbox_channel_id ON outbox (channel, id);
CREATE INDEX ix_outbox_chat_id ON outbox (chat, id);
CREATE INDEX ix_outbox_sender ON outbox (sender) WHERE sender IS NOT NULL;
CREATE TABLE sent (
	chat VARCHAR NOT NULL, 
	ref VARCHAR NOT NULL, 
	messages VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_sent PRIMARY KEY (chat, ref), 
	CONSTRAINT fk_sent_chat FOREIGN KEY(chat) REFERENCES chats (id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_sent_at ON sent (at);
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('0007');
