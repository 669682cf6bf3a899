using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>sessions</c>.</summary>
internal sealed class SessionTable(AccountDatabase database) : ISessions
{
    private const string Columns = "id, account_id, awaits_second_factor, method, device, created_at, last_seen_at, expires_at";

    public Task<bool> BeginAsync(
        byte[] hash, Session session, int credentialsVersion, byte[]? replacedHash, CompletedSignIn? completed,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var account = await AccountTable.LockAsync(sql, database, session.AccountId);
                if (account?.CredentialsVersion != credentialsVersion)
                    return false;
                if (replacedHash is not null)
                    await EndAsync(sql, replacedHash);
                await InsertAsync(sql, hash, session);
                await SignInTable.AddAsync(sql, completed);
                return true;
            },
            cancellationToken);

    public Task<bool> RenewAsync(
        byte[] hash, Session session, byte[] replacedHash, CompletedSignIn? completed, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                // The lock precedes the delete. Calls that end all sessions take the same lock, so they end this one before or after its
                // renewal.
                if (await AccountTable.LockAsync(sql, database, session.AccountId) is null || await EndAsync(sql, replacedHash) == 0)
                    return false;
                await InsertAsync(sql, hash, session);
                await SignInTable.AddAsync(sql, completed);
                return true;
            },
            cancellationToken);

    public Task<SignedIn?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql => (await sql.ListAsync<Session, Account, SignedIn>(
                $"""
                select s.id, s.account_id, s.awaits_second_factor, s.method, s.device, s.created_at, s.last_seen_at, s.expires_at,
                    {AccountTable.Columns("a")}
                from sessions s join accounts a on a.id = s.account_id
                where s.hash = @hash and s.expires_at > @now and s.last_seen_at > @idleSince
                """,
                (session, account) => new SignedIn(session, account),
                new { hash, now, idleSince = now - Limits.SessionIdle })).SingleOrDefault(),
            cancellationToken);

    public Task TouchAsync(Guid sessionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync("update sessions set last_seen_at = @now where id = @sessionId", new { sessionId, now }),
            cancellationToken);

    public Task<IReadOnlyList<Session>> ListAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<Session>(
                $"""
                select {Columns} from sessions where account_id = @accountId and expires_at > @now and last_seen_at > @idleSince
                order by created_at desc, id desc
                """,
                new { accountId, now, idleSince = now - Limits.SessionIdle }),
            cancellationToken);

    public Task<IReadOnlyList<SignInEntry>> ListSignInsAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => SignInTable.ListAsync(sql, accountId, now), cancellationToken);

    public Task<bool> EndAsync(Guid accountId, Guid sessionId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
                await sql.ExecuteAsync(
                    "delete from sessions where account_id = @accountId and id = @sessionId", new { accountId, sessionId }) > 0,
            cancellationToken);

    public Task<int> EndAllAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                await AccountTable.LockAsync(sql, database, accountId);
                await sql.ExecuteAsync("update accounts set devices_known_since = @now where id = @accountId", new { accountId, now });
                return await EndAllAsync(sql, accountId, kept: null);
            },
            cancellationToken);

    public async Task<int> ForgetExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deleted = await database.WriteAsync(
            async sql =>
                await sql.ExecuteAsync(
                    "delete from sessions where expires_at <= @now or last_seen_at <= @idleSince",
                    new { now, idleSince = now - Limits.SessionIdle })
                + await sql.ExecuteAsync("delete from one_time_tokens where expires_at <= @now", new { now })
                + await sql.ExecuteAsync("delete from email_undos where expires_at <= @now", new { now })
                + await SignInTable.ForgetOldAsync(sql, now)
                + await LinkAttemptTable.ForgetExpiredAsync(sql, now)
                + await sql.ExecuteAsync("delete from invitations where expires_at <= @before", new { before = now.AddDays(-30) }),
            cancellationToken);
        await database.EraseDeletedAsync(cancellationToken);
        return deleted;
    }

    /// <summary>Ends the sessions of an account except <paramref name="kept"/>. The account's row must be locked.</summary>
    public static Task<int> EndAllAsync(Sql sql, Guid accountId, Guid? kept) =>
        sql.ExecuteAsync(
            "delete from sessions where account_id = @accountId and id <> @kept", new { accountId, kept = kept ?? Guid.Empty });

    private static Task<int> EndAsync(Sql sql, byte[] hash) => sql.ExecuteAsync("delete from sessions where hash = @hash", new { hash });

    private static async Task InsertAsync(Sql sql, byte[] hash, Session session)
    {
        await sql.ExecuteAsync(
            """
            insert into sessions (account_id, id, hash, awaits_second_factor, method, device, created_at, last_seen_at, expires_at)
            values (@AccountId, @Id, @hash, @AwaitsSecondFactor, @Method, @Device, @CreatedAt, @LastSeenAt, @ExpiresAt)
            """,
            new
            {
                session.AccountId, session.Id, hash, session.AwaitsSecondFactor, session.Method, session.Device, session.CreatedAt,
                session.LastSeenAt, session.ExpiresAt,
            });
        await sql.ExecuteAsync(
            """
            delete from sessions where account_id = @AccountId and id not in
                (select id from sessions where account_id = @AccountId order by created_at desc, id desc limit @most)
            """,
            new { session.AccountId, most = Limits.SessionsPerAccount });
    }
}
