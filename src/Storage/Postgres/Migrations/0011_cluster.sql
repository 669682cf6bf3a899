-- The tables of a cluster of processes, in the form that the ADO.NET providers of Orleans 10 expect. Only the name of "orleansquery" and
-- the keys, parameters and result columns of its statements are theirs; everything else is ours. Times have milliseconds, because the
-- providers compare them.

-- Members change together with the version of their cluster, so that two changes that don't know of each other can't both succeed.
create table cluster_versions (
    cluster_id text primary key,
    version    int not null default 0
);

create table cluster_members (
    cluster_id    text not null references cluster_versions,
    address       text not null,
    port          int not null,
    generation    int not null,
    silo_name     text not null,
    host_name     text not null,
    status        int not null,                 -- 3 active, 6 dead
    gateway_port  int not null,
    suspect_times text,
    started_at    timestamptz(3) not null,
    alive_at      timestamptz(3) not null,
    primary key (cluster_id, address, port, generation)
) with (fillfactor = 50);

-- Working state of grains, which may be lost.
create table grain_states (
    id_hash     int not null,
    id_n0       bigint not null,
    id_n1       bigint not null,
    type_hash   int not null,
    type        text not null,
    id_suffix   text,
    service_id  text not null,
    version     int not null,
    payload     bytea,
    modified_at timestamptz not null
);
create unique index grain_states_key on grain_states (id_hash, id_n0, id_n1, type_hash, type, service_id, coalesce(id_suffix, ''));

create table orleansquery (
    querykey  text primary key,
    querytext text not null
);

insert into orleansquery values
('InsertMembershipVersionKey', '
    with added as (
        insert into cluster_versions (cluster_id) values (@DeploymentId) on conflict do nothing returning 1)
    select count(*)::int from added'),

('InsertMembershipKey', '
    with next as (
        update cluster_versions set version = version + 1 where cluster_id = @DeploymentId and version = @Version
            and not exists (select from cluster_members where cluster_id = @DeploymentId and address = @Address and port = @Port
                and generation = @Generation)
        returning 1),
    added as (
        insert into cluster_members
            (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
        select @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from next
        returning 1)
    select count(*)::int from added'),

('UpdateMembershipKey', '
    with next as (
        update cluster_versions set version = version + 1 where cluster_id = @DeploymentId and version = @Version
            and exists (select from cluster_members where cluster_id = @DeploymentId and address = @Address and port = @Port
                and generation = @Generation)
        returning 1),
    changed as (
        update cluster_members set status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
        where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation and exists (select from next)
        returning 1)
    select count(*)::int from changed'),

('UpdateIAmAlivetimeKey', '
    update cluster_members set alive_at = @IAmAliveTime
    where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation'),

('MembershipReadRowKey', '
    select v.version as Version, m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName,
        m.host_name as HostName, m.status as Status, m.gateway_port as ProxyPort, m.suspect_times as SuspectTimes,
        m.started_at as StartTime, m.alive_at as IAmAliveTime
    from cluster_versions v left join cluster_members m
        on m.cluster_id = v.cluster_id and m.address = @Address and m.port = @Port and m.generation = @Generation
    where v.cluster_id = @DeploymentId'),

('MembershipReadAllKey', '
    select v.version as Version, m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName,
        m.host_name as HostName, m.status as Status, m.gateway_port as ProxyPort, m.suspect_times as SuspectTimes,
        m.started_at as StartTime, m.alive_at as IAmAliveTime
    from cluster_versions v left join cluster_members m on m.cluster_id = v.cluster_id
    where v.cluster_id = @DeploymentId'),

('GatewaysQueryKey', '
    select address as Address, gateway_port as ProxyPort, generation as Generation from cluster_members
    where cluster_id = @DeploymentId and status = @Status and gateway_port > 0'),

('DeleteMembershipTableEntriesKey', '
    with members as (delete from cluster_members where cluster_id = @DeploymentId)
    delete from cluster_versions where cluster_id = @DeploymentId'),

('CleanupDefunctSiloEntriesKey', '
    delete from cluster_members where cluster_id = @DeploymentId and status = 6 and alive_at < @IAmAliveTime'),

('CleanupDefunctSiloEntryKey', '
    delete from cluster_members
    where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation and status = 6
        and started_at = @StartTime and alive_at = @IAmAliveTime and suspect_times is not distinct from @SuspectTimes'),

('WriteToStorageKey', '
    with changed as (
        update grain_states set payload = @PayloadBinary, version = version + 1, modified_at = now()
        where id_hash = @GrainIdHash and id_n0 = @GrainIdN0 and id_n1 = @GrainIdN1 and type_hash = @GrainTypeHash
            and type = @GrainTypeString and coalesce(id_suffix, '''') = coalesce(@GrainIdExtensionString::text, '''') and service_id = @ServiceId
            and version = @GrainStateVersion::int
        returning version),
    added as (
        insert into grain_states (id_hash, id_n0, id_n1, type_hash, type, id_suffix, service_id, version, payload, modified_at)
        select @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString::text, @ServiceId, 1,
            @PayloadBinary, now()
        where @GrainStateVersion::int is null
        on conflict do nothing
        returning version)
    select coalesce((select version from changed), (select version from added), @GrainStateVersion::int) as NewGrainStateVersion'),

('ReadFromStorageKey', '
    select payload as PayloadBinary, version as Version from grain_states
    where id_hash = @GrainIdHash and id_n0 = @GrainIdN0 and id_n1 = @GrainIdN1 and type_hash = @GrainTypeHash and type = @GrainTypeString
        and coalesce(id_suffix, '''') = coalesce(@GrainIdExtensionString::text, '''') and service_id = @ServiceId'),

('ClearStorageKey', '
    update grain_states set payload = null, version = version + 1, modified_at = now()
    where id_hash = @GrainIdHash and id_n0 = @GrainIdN0 and id_n1 = @GrainIdN1 and type_hash = @GrainTypeHash and type = @GrainTypeString
        and coalesce(id_suffix, '''') = coalesce(@GrainIdExtensionString::text, '''') and service_id = @ServiceId
        and version = @GrainStateVersion::int
    returning version as NewGrainStateVersion'),

('DeleteStorageKey', '
    delete from grain_states
    where id_hash = @GrainIdHash and id_n0 = @GrainIdN0 and id_n1 = @GrainIdN1 and type_hash = @GrainTypeHash and type = @GrainTypeString
        and coalesce(id_suffix, '''') = coalesce(@GrainIdExtensionString::text, '''') and service_id = @ServiceId
        and version = @GrainStateVersion::int
    returning version + 1 as NewGrainStateVersion');
