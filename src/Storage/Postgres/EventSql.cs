namespace TelemetryKit.Storage.Postgres;

/// <summary>The parts of statements that split rows of <c>event_batches</c> into events and join them again.</summary>
internal static class EventSql
{
    /// <summary>The columns, in the order: project, environment, <see cref="Counted"/>, id, <see cref="Joined"/>.</summary>
    public const string Columns =
        "project_id, env, n, bytes, min_ts, max_ts, id, "
        + "event_id, ts, type, subject, install, session, version, success, duration_ms, actor, context, metadata";

    /// <summary>Splits the rows <c>gone</c> (g) into one row for each event (e).</summary>
    public const string FromGone =
        """
        from gone g cross join lateral unnest(
            g.event_id, g.ts, g.type, g.subject, g.install, g.session, g.version, g.success, g.duration_ms, g.actor, g.context, g.metadata)
            as e (event_id, ts, type, subject, install, session, version, success, duration_ms, actor, context, metadata)
        """;

    /// <summary>The columns of a row that summarize its events.</summary>
    public const string Counted =
        "count(*), coalesce(sum(octet_length(context)), 0) + coalesce(sum(octet_length(metadata)), 0), min(ts), max(ts)";

    /// <summary>The arrays of a group of events. An array is null if all its elements would be.</summary>
    public const string Joined =
        """
        array_agg(event_id), array_agg(ts), array_agg(type),
        case when count(subject) > 0 then array_agg(subject) end,
        case when count(nullif(install, 0)) > 0 then array_agg(coalesce(install, 0)) end,
        case when count(nullif(session, 0)) > 0 then array_agg(coalesce(session, 0)) end,
        case when count(version) > 0 then array_agg(version) end, case when count(success) > 0 then array_agg(success) end,
        case when count(nullif(duration_ms, 'NaN')) > 0 then array_agg(coalesce(duration_ms, 'NaN')) end,
        case when count(actor) > 0 then array_agg(actor) end, case when count(context) > 0 then array_agg(context) end,
        case when count(metadata) > 0 then array_agg(metadata) end
        """;
}
