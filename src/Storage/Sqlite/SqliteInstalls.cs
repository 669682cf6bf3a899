using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>The table <c>installs</c>. The caller has the writer, so no other transaction changes it meanwhile.</summary>
internal static class SqliteInstalls
{
    // A day without counters was purged.
    private const string HasCountersSql =
        """
        select exists (select 1 from rollups where project_id = ?1 and env = ?2 and day = ?3)
            or exists (select 1 from rollup_deltas where project_id = ?1 and env = ?2 and day = ?3)
        """;

    /// <summary>Adds an install, or moves its first day to an earlier one unless the counters of the former one were purged.</summary>
    public static FirstDayChange Add(SqliteSession session, SeenInstall seen)
    {
        if (FirstDayOf(session, seen) is not { } former)
        {
            session.Prepare("insert into installs values (?, ?, ?, ?)")
                .Bind(seen.ProjectId).Bind(seen.Environment).Bind(seen.Install).Bind(seen.Day).Execute();
            return new(true);
        }

        if (former <= seen.Day || !HasCounters(session, seen, former))
            return default;
        session.Prepare("update installs set first_day = ? where project_id = ? and env = ? and install = ?")
            .Bind(seen.Day).Bind(seen.ProjectId).Bind(seen.Environment).Bind(seen.Install).Execute();
        return new(true, former);
    }

    private static DateOnly? FirstDayOf(SqliteSession session, SeenInstall seen)
    {
        var select = session.Prepare("select first_day from installs where project_id = ? and env = ? and install = ?")
            .Bind(seen.ProjectId).Bind(seen.Environment).Bind(seen.Install);
        DateOnly? day = select.Step() ? select.Day(0) : null;
        select.Reset();
        return day;
    }

    private static bool HasCounters(SqliteSession session, SeenInstall seen, DateOnly day) =>
        session.Prepare(HasCountersSql).Bind(seen.ProjectId).Bind(seen.Environment).Bind(day).ReadLong() == 1;
}
