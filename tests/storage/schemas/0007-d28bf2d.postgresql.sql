CREATE FUNCTION public.case_events_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'case_events is append-only'; END $$;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.board_keys (
    id character varying NOT NULL,
    proof bytea NOT NULL
);
CREATE TABLE public.case_events (
    id bigint NOT NULL,
    board character varying NOT NULL,
    "case" character varying NOT NULL,
    what character varying NOT NULL,
    person character varying NOT NULL,
    function character varying NOT NULL,
    at bigint NOT NULL,
    about character varying NOT NULL
);
CREATE SEQUENCE public.case_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.case_events_id_seq OWNED BY public.case_events.id;
CREATE TABLE public.case_numbers (
    board character varying NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL
);
CREATE TABLE public.cases (
    id character varying NOT NULL,
    board character varying NOT NULL,
    number character varying,
    school character varying NOT NULL,
    state character varying NOT NULL,
    reporter character varying NOT NULL,
    keeper character varying NOT NULL,
    opened bigint NOT NULL,
    changed bigint NOT NULL,
    revision integer NOT NULL,
    agreed date,
    flow character varying NOT NULL,
    flow_version integer NOT NULL,
    involved bytea,
    key bytea,
    closed bytea,
    content bytea
);
CREATE TABLE public.chats (
    id character varying NOT NULL,
    channel character varying NOT NULL,
    private boolean NOT NULL,
    address character varying NOT NULL,
    person character varying,
    language character varying,
    updated bigint NOT NULL
);
CREATE TABLE public.deliveries (
    id character varying NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.feedback (
    id bigint NOT NULL,
    day date NOT NULL,
    label character varying NOT NULL,
    helpful boolean NOT NULL,
    question character varying NOT NULL
);
CREATE SEQUENCE public.feedback_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.feedback_id_seq OWNED BY public.feedback.id;
CREATE TABLE public.invitations (
    hash character varying NOT NULL,
    role character varying NOT NULL,
    schools character varying NOT NULL,
    channel character varying,
    expires bigint NOT NULL,
    used bigint,
    person character varying,
    note character varying
);
CREATE TABLE public.keyboards (
    id character varying NOT NULL,
    chat character varying NOT NULL,
    person character varying,
    actions bytea NOT NULL,
    created bigint NOT NULL
);
CREATE TABLE public.leases (
    name character varying NOT NULL,
    until bigint NOT NULL
);
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    chat character varying NOT NULL,
    channel character varying NOT NULL,
    token character varying NOT NULL,
    payload bytea NOT NULL,
    due bigint NOT NULL,
    attempts integer NOT NULL,
    sender character varying,
    weight integer DEFAULT 1 NOT NULL
);
CREATE SEQUENCE public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.people (
    person character varying NOT NULL,
    role character varying NOT NULL,
    schools character varying NOT NULL,
    since bigint NOT NULL,
    note character varying
);
CREATE TABLE public.pin_proposals (
    person character varying NOT NULL,
    salt bytea NOT NULL,
    hash bytea NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.pins (
    person character varying NOT NULL,
    salt bytea NOT NULL,
    hash bytea NOT NULL
);
CREATE TABLE public.rate_limits (
    name character varying NOT NULL,
    full_at bigint NOT NULL
);
CREATE TABLE public.reminders (
    person character varying NOT NULL,
    "case" character varying NOT NULL,
    reminded bigint,
    snoozed bigint
);
CREATE TABLE public.schools (
    id character varying NOT NULL,
    name character varying NOT NULL,
    closed bigint
);
CREATE TABLE public.senders (
    id character varying NOT NULL,
    seen bigint NOT NULL
);
CREATE TABLE public.sent (
    chat character varying NOT NULL,
    ref character varying NOT NULL,
    messages character varying NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.sessions (
    chat character varying NOT NULL,
    person character varying NOT NULL,
    data bytea NOT NULL,
    updated bigint NOT NULL
);
CREATE TABLE public.teams_cards (
    chat character varying NOT NULL,
    message character varying NOT NULL,
    card bytea NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.teams_offers (
    token character varying NOT NULL,
    chat character varying NOT NULL,
    name character varying NOT NULL,
    what character varying NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.tries (
    id bigint NOT NULL,
    person character varying NOT NULL,
    kind character varying NOT NULL,
    at bigint NOT NULL
);
CREATE SEQUENCE public.tries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.tries_id_seq OWNED BY public.tries.id;
CREATE TABLE public.unanswered (
    id bigint NOT NULL,
    day date NOT NULL,
    language character varying NOT NULL,
    question character varying NOT NULL,
    label character varying
);
CREATE SEQUENCE public.unanswered_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.unanswered_id_seq OWNED BY public.unanswered.id;
CREATE TABLE public.unlocked (
    person character varying NOT NULL,
    chat character varying NOT NULL,
    since bigint NOT NULL,
    seen bigint NOT NULL
);
CREATE TABLE public.web_messages (
    chat character varying NOT NULL,
    id integer NOT NULL,
    changed integer NOT NULL,
    delivery character varying NOT NULL,
    data bytea,
    at bigint NOT NULL
);
ALTER TABLE ONLY public.case_events ALTER COLUMN id SET DEFAULT nextval('public.case_events_id_seq'::regclass);
ALTER TABLE ONLY public.feedback ALTER COLUMN id SET DEFAULT nextval('public.feedback_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
ALTER TABLE ONLY public.tries ALTER COLUMN id SET DEFAULT nextval('public.tries_id_seq'::regclass);
ALTER TABLE ONLY public.unanswered ALTER COLUMN id SET DEFAULT nextval('public.unanswered_id_seq'::regclass);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.board_keys
    ADD CONSTRAINT pk_board_keys PRIMARY KEY (id);
ALTER TABLE ONLY public.case_events
    ADD CONSTRAINT pk_case_events PRIMARY KEY (id);
ALTER TABLE ONLY public.case_numbers
    ADD CONSTRAINT pk_case_numbers PRIMARY KEY (board, year);
ALTER TABLE ONLY public.cases
    ADD CONSTRAINT pk_cases PRIMARY KEY (id);
ALTER TABLE ONLY public.chats
    ADD CONSTRAINT pk_chats PRIMARY KEY (id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT pk_deliveries PRIMARY KEY (id);
ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT pk_feedback PRIMARY KEY (id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT pk_invitations PRIMARY KEY (hash);
ALTER TABLE ONLY public.keyboards
    ADD CONSTRAINT pk_keyboards PRIMARY KEY (id);
ALTER TABLE ONLY public.leases
    ADD CONSTRAINT pk_leases PRIMARY KEY (name);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY public.people
    ADD CONSTRAINT pk_people PRIMARY KEY (person);
ALTER TABLE ONLY public.pin_proposals
    ADD CONSTRAINT pk_pin_proposals PRIMARY KEY (person);
ALTER TABLE ONLY public.pins
    ADD CONSTRAINT pk_pins PRIMARY KEY (person);
ALTER TABLE ONLY public.rate_limits
    ADD CONSTRAINT pk_rate_limits PRIMARY KEY (name);
ALTER TABLE ONLY public.reminders
    ADD CONSTRAINT pk_reminders PRIMARY KEY (person, "case");
ALTER TABLE ONLY public.schools
    ADD CONSTRAINT pk_schools PRIMARY KEY (id);
ALTER TABLE ONLY public.senders
    ADD CONSTRAINT pk_senders PRIMARY KEY (id);
ALTER TABLE ONLY public.sent
    ADD CONSTRAINT pk_sent PRIMARY KEY (chat, ref);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (chat, person);
ALTER TABLE ONLY public.teams_cards
    ADD CONSTRAINT pk_teams_cards PRIMARY KEY (chat, message);
ALTER TABLE ONLY public.teams_offers
    ADD CONSTRAINT pk_teams_offers PRIMARY KEY (token);
ALTER TABLE ONLY public.tries
    ADD CONSTRAINT pk_tries PRIMARY KEY (id);
ALTER TABLE ONLY public.unanswered
    ADD CONSTRAINT pk_unanswered PRIMARY KEY (id);
ALTER TABLE ONLY public.unlocked
    ADD CONSTRAINT pk_unlocked PRIMARY KEY (person, chat);
ALTER TABLE ONLY public.web_messages
    ADD CONSTRAINT pk_web_messages PRIMARY KEY (chat, id);
ALTER TABLE ONLY public.cases
    ADD CONSTRAINT uq_cases_board_number UNIQUE (board, number);
ALTER TABLE ONLY public.schools
    ADD CONSTRAINT uq_schools_name UNIQUE (name);
ALTER TABLE ONLY public.web_messages
    ADD CONSTRAINT uq_web_messages_chat_changed UNIQUE (chat, changed);
ALTER TABLE ONLY public.web_messages
    ADD CONSTRAINT uq_web_messages_chat_delivery UNIQUE (chat, delivery);
CREATE INDEX ix_case_events_case ON public.case_events USING btree ("case");
CREATE INDEX ix_cases_board_state_school_opened ON public.cases USING btree (board, state, school, opened);
CREATE INDEX ix_cases_guarded ON public.cases USING btree (board, school) WHERE (involved IS NOT NULL);
CREATE INDEX ix_cases_keeper_state ON public.cases USING btree (keeper, state);
CREATE INDEX ix_cases_reporter_state ON public.cases USING btree (reporter, state);
CREATE INDEX ix_chats_person ON public.chats USING btree (person);
CREATE INDEX ix_chats_updated ON public.chats USING btree (updated);
CREATE INDEX ix_deliveries_at ON public.deliveries USING btree (at);
CREATE INDEX ix_keyboards_chat ON public.keyboards USING btree (chat);
CREATE INDEX ix_keyboards_created ON public.keyboards USING btree (created);
CREATE INDEX ix_keyboards_person ON public.keyboards USING btree (person);
CREATE INDEX ix_outbox_channel_id ON public.outbox USING btree (channel, id);
CREATE INDEX ix_outbox_chat_id ON public.outbox USING btree (chat, id);
CREATE INDEX ix_outbox_sender ON public.outbox USING btree (sender) WHERE (sender IS NOT NULL);
CREATE INDEX ix_rate_limits_full_at ON public.rate_limits USING btree (full_at);
CREATE INDEX ix_reminders_reminded ON public.reminders USING btree (reminded);
CREATE INDEX ix_sent_at ON public.sent USING btree (at);
CREATE INDEX ix_sessions_person ON public.sessions USING btree (person);
CREATE INDEX ix_sessions_updated ON public.sessions USING btree (updated);
CREATE INDEX ix_teams_cards_at ON public.teams_cards USING btree (at);
CREATE INDEX ix_teams_offers_at ON public.teams_offers USING btree (at);
CREATE INDEX ix_tries_person_kind_at ON public.tries USING btree (person, kind, at);
CREATE INDEX ix_web_messages_at ON public.web_messages USING btree (at);
CREATE TRIGGER case_events_stay BEFORE DELETE OR UPDATE OR TRUNCATE ON public.case_events FOR EACH STATEMENT EXECUTE FUNCTION public.case_events_stay();
ALTER TABLE ONLY public.keyboards
    ADD CONSTRAINT fk_keyboards_chat FOREIGN KEY (chat) REFERENCES public.chats(id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_chat FOREIGN KEY (chat) REFERENCES public.chats(id);
ALTER TABLE ONLY public.sent
    ADD CONSTRAINT fk_sent_chat FOREIGN KEY (chat) REFERENCES public.chats(id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_chat FOREIGN KEY (chat) REFERENCES public.chats(id);
INSERT INTO public.alembic_version VALUES ('0007');
