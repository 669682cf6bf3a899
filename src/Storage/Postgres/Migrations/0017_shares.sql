-- Public pages of projects. Their names are unique on the server, because they are in addresses.
create table shares (
    project_id uuid primary key,
    name       text not null,
    sections   integer not null,                -- the flags of ShareSections
    created_at timestamptz not null
);
create unique index shares_name on shares (name);
