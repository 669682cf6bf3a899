using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The tables <c>totp</c> and <c>recovery_codes</c>.</summary>
internal sealed class SecondFactorTable(AccountDatabase database) : ISecondFactors
{
    public Task<TotpState?> FindAsync(Guid accountId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.FindAsync<TotpState>(
                """
                select protected_secret, confirmed_at, last_step,
                    (select count(*) from recovery_codes r where r.account_id = t.account_id) as recovery_codes
                from totp t where account_id = @accountId
                """,
                new { accountId }),
            cancellationToken);

    public Task<bool> BeginAsync(Guid accountId, string protectedSecret, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql => await sql.ExecuteAsync(
                """
                insert into totp (account_id, protected_secret, last_step) values (@accountId, @protectedSecret, 0)
                on conflict (account_id) do update set protected_secret = excluded.protected_secret where totp.confirmed_at is null
                """,
                new { accountId, protectedSecret }) > 0,
            cancellationToken);

    public Task<bool> ConfirmAsync(
        Guid accountId, long step, IReadOnlyList<byte[]> recoveryCodes, Guid? keptSession, WaitingMail? notice, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                if (await AccountTable.LockAsync(sql, database, accountId) is null || await ConfirmAsync(sql, accountId, step, now) == 0)
                    return false;
                await ReplaceAsync(sql, accountId, recoveryCodes);
                await AccountTable.InvalidatePendingAsync(sql, accountId);
                await SessionTable.EndAllAsync(sql, accountId, keptSession);
                await MailTable.AddAsync(sql, notice);
                return true;
            },
            cancellationToken);

    public Task<bool> UseStepAsync(Guid accountId, long step, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
                await sql.ExecuteAsync(
                    "update totp set last_step = @step where account_id = @accountId and last_step < @step", new { accountId, step }) > 0,
            cancellationToken);

    public Task<CodeAttempt> BeginAttemptAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var before = await sql.FindAsync<Attempts>(
                    $"""
                    select wrong_codes, retry_at from totp where account_id = @accountId and confirmed_at is not null{database.ForUpdate}
                    """,
                    new { accountId });
                if (before?.RetryAt > now)
                    return new CodeAttempt(0, before.RetryAt - now);
                var number = (before?.WrongCodes ?? 0) + 1;
                var pause = TotpBackoff.After(number);
                await sql.ExecuteAsync(
                    "update totp set wrong_codes = @number, retry_at = @retryAt where account_id = @accountId",
                    new { accountId, number, retryAt = pause > TimeSpan.Zero ? now + pause : (DateTimeOffset?)null });
                return new CodeAttempt(number, null);
            },
            cancellationToken);

    public Task ForgetAttemptsAsync(Guid accountId, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => ForgetAttemptsAsync(sql, accountId), cancellationToken);

    public static Task<int> ForgetAttemptsAsync(Sql sql, Guid accountId) =>
        sql.ExecuteAsync("update totp set wrong_codes = 0, retry_at = null where account_id = @accountId", new { accountId });

    public Task<bool> UseRecoveryCodeAsync(Guid accountId, byte[] hash, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
                await sql.ExecuteAsync(
                    "delete from recovery_codes where account_id = @accountId and hash = @hash", new { accountId, hash }) > 0,
            cancellationToken);

    public Task ReplaceRecoveryCodesAsync(Guid accountId, IReadOnlyList<byte[]> recoveryCodes, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                await ReplaceAsync(sql, accountId, recoveryCodes);
                return true;
            },
            cancellationToken);

    public Task RemoveAsync(Guid accountId, WaitingMail? notice, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                await AccountTable.LockAsync(sql, database, accountId);
                await AccountTable.InvalidatePendingAsync(sql, accountId);
                await MailTable.AddAsync(sql, notice);
                return await RemoveAsync(sql, accountId);
            },
            cancellationToken);

    public static async Task<int> RemoveAsync(Sql sql, Guid accountId) =>
        await sql.ExecuteAsync("delete from recovery_codes where account_id = @accountId", new { accountId })
        + await sql.ExecuteAsync("delete from totp where account_id = @accountId", new { accountId });

    /// <summary>Restores a former second factor: a protected secret, or none if it is <c>null</c>.</summary>
    public static async Task RestoreAsync(Sql sql, Guid accountId, string? protectedSecret, DateTimeOffset now)
    {
        var present = await sql.ValueAsync<string>("select protected_secret from totp where account_id = @accountId", new { accountId });
        if (present == protectedSecret)
            return;
        await RemoveAsync(sql, accountId);
        if (protectedSecret is not null)
        {
            await sql.ExecuteAsync(
                "insert into totp (account_id, protected_secret, confirmed_at, last_step) values (@accountId, @protectedSecret, @now, 0)",
                new { accountId, protectedSecret, now });
        }
    }

    private static Task<int> ConfirmAsync(Sql sql, Guid accountId, long step, DateTimeOffset now) =>
        sql.ExecuteAsync(
            "update totp set confirmed_at = @now, last_step = @step where account_id = @accountId and confirmed_at is null",
            new { accountId, step, now });

    private static async Task ReplaceAsync(Sql sql, Guid accountId, IReadOnlyList<byte[]> recoveryCodes)
    {
        await sql.ExecuteAsync("delete from recovery_codes where account_id = @accountId", new { accountId });
        foreach (var hash in recoveryCodes)
            await sql.ExecuteAsync("insert into recovery_codes (account_id, hash) values (@accountId, @hash)", new { accountId, hash });
    }

    private sealed class Attempts
    {
        public int WrongCodes { get; init; }

        public DateTimeOffset? RetryAt { get; init; }
    }
}
