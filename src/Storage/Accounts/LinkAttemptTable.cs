using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>link_attempts</c>: the links of the attempts to send one mail, all of which work.</summary>
internal static class LinkAttemptTable
{
    /// <summary>An expression for the links that <c>@hash</c> stands for: itself, or the one that it is an attempt to send.</summary>
    public const string Links = "(select @hash union all select la.link from link_attempts la where la.hash = @hash)";

    /// <summary>Stores the link of another attempt.</summary>
    public static Task<int> AddAsync(Sql sql, byte[] hash, byte[] link, DateTimeOffset expiresAt) =>
        sql.ExecuteAsync(
            "insert into link_attempts (hash, link, expires_at) values (@hash, @link, @expiresAt)", new { hash, link, expiresAt });

    /// <summary>Deletes expired links.</summary>
    public static Task<int> ForgetExpiredAsync(Sql sql, DateTimeOffset now) =>
        sql.ExecuteAsync("delete from link_attempts where expires_at <= @now", new { now });
}
