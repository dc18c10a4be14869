-- Ids and words are text, times are milliseconds since 1970 in UTC, booleans are 0 and 1: the same in SQLite and PostgreSQL.

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE workspaces (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE roles (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  description TEXT,
  system_key TEXT,
  sort_order BIGINT NOT NULL,
  permissions TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE members (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id),
  role_id TEXT NOT NULL REFERENCES roles (id),
  tone TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (workspace_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id);
CREATE INDEX members_by_role ON members (role_id);

CREATE TABLE invites (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  invited_by_id TEXT NOT NULL,
  role_id TEXT REFERENCES roles (id) ON DELETE SET NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  accepted_at BIGINT,
  revoked_at BIGINT
);
CREATE INDEX invites_by_workspace ON invites (workspace_id, expires_at);
CREATE INDEX invites_by_role ON invites (role_id);

CREATE TABLE teams (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE team_members (
  team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
  member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  PRIMARY KEY (team_id, member_id)
);
CREATE INDEX team_members_by_member ON team_members (member_id);

CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL UNIQUE REFERENCES workspaces (id) ON DELETE CASCADE,
  plan TEXT NOT NULL,
  status TEXT NOT NULL,
  seats BIGINT NOT NULL,
  current_period_end BIGINT,
  cancel_at_period_end BIGINT NOT NULL,
  stripe_id TEXT NOT NULL,
  stripe_told_at BIGINT,
  updated_at BIGINT NOT NULL
);
CREATE INDEX subscriptions_by_stripe_id ON subscriptions (stripe_id);

CREATE TABLE stripe_events (
  id TEXT PRIMARY KEY,
  noted_at BIGINT NOT NULL
);

-- A workspace's place in its own log. No foreign key: the event that says a workspace is gone outlives it.
CREATE TABLE streams (
  workspace_id TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  published_seq BIGINT NOT NULL
);
CREATE INDEX streams_unpublished ON streams (workspace_id) WHERE published_seq < seq;

CREATE TABLE event_log (
  workspace_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  type TEXT NOT NULL,
  ids TEXT NOT NULL,
  occurred_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, seq)
);

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  content TEXT NOT NULL
);
