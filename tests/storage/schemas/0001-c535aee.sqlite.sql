CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
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
CREATE TABLE sessions (
	chat VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	data BLOB NOT NULL, 
	updated BIGINT NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (chat, person), 
	CONSTRAINT fk_sessions_chat FOREIGN KEY(chat) REFERENCES chats (id)
)
 WITHOUT ROWID;
CREATE TABLE deliveries (
	id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE INDEX ix_deliveries_at ON deliveries (at);
CREATE TABLE keyboards (
	id VARCHAR NOT NULL, 
	chat VARCHAR NOT NULL, 
	person VARCHAR, 
	actions BLOB NOT NULL, 
	created BIGINT NOT NULL, 
	CONSTRAINT pk_keyboards PRIMARY KEY (id), 
	CONSTRAINT fk_keyboards_chat FOREIGN KEY(chat) REFERENCES chats (id)
)
 WITHOUT ROWID;
CREATE INDEX ix_keyboards_created ON keyboards (created);
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	chat VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	token VARCHAR NOT NULL, 
	payload BLOB NOT NULL, 
	due BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	CONSTRAINT fk_outbox_chat FOREIGN KEY(chat) REFERENCES chats (id)
);
CREATE INDEX ix_outbox_channel_due ON outbox (channel, due);
CREATE INDEX ix_outbox_chat_id ON outbox (chat, id);
CREATE TABLE sent (
	chat VARCHAR NOT NULL, 
	ref VARCHAR NOT NULL, 
	messages VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_sent PRIMARY KEY (chat, ref), 
	CONSTRAINT fk_sent_chat FOREIGN KEY(chat) REFERENCES chats (id)
)
 WITHOUT ROWID;
CREATE INDEX ix_sent_at ON sent (at);
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
INSERT INTO alembic_version VALUES ('0001');
