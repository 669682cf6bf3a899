using System.Diagnostics;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>email_undos</c>, and changes of addresses.</summary>
internal sealed class EmailChangeTable(AccountDatabase database) : IEmailChanges
{
    public async Task<int?> ChangeAsync(
        byte[] token, Func<int, WaitingMail>? notice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        int? number = null;
        try
        {
            return await database.TryWriteAsync(
                async sql =>
                {
                    number = await ChangeAsync(sql, token, now);
                    if (number is { } change)
                        await MailTable.AddAsync(sql, notice?.Invoke(change));
                    return number is not null;
                },
                cancellationToken) ? number : null;
        }
        catch (ReservedException)
        {
            return null;
        }
    }

    public Task<PendingUndo?> FindUndoAsync(EmailAddress former, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => FindUndoAsync(sql, former, now), cancellationToken);

    public Task<bool> RenewUndoAsync(Guid accountId, int change, byte[] undo, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var former = await sql.FindAsync<FormerCredentials>(
                    $"{FormerCredentials.Select} where account_id = @accountId and number = @change and expires_at > @now",
                    new { accountId, change, now });
                return former is not null && await LinkAttemptTable.AddAsync(sql, undo, former.Hash, former.ExpiresAt) > 0;
            },
            cancellationToken);

    public Task<Account?> FindFormerAsync(byte[] undo, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql =>
            {
                if (await FindAsync(sql, undo, now) is not { } former)
                    return null;
                var account = await AccountTable.FindAsync(sql, former.AccountId);
                return account is null ? null : account with { Email = former.Email, PasswordHash = former.PasswordHash };
            },
            cancellationToken);

    public Task<bool> UndoAsync(
        byte[] undo, IReadOnlyList<WaitingMail> mails, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.TryWriteAsync(
            async sql =>
            {
                if (await FindAsync(sql, undo, now) is not { AccountId: var accountId } former)
                    return false;
                await AccountTable.LockAsync(sql, database, accountId);
                // Undos of later changes restore addresses that were set after this one was lost. They may be a thief's; this one is the
                // owner's.
                if (await sql.ExecuteAsync("delete from email_undos where hash = @Hash", former) == 0)
                    return false;
                await sql.ExecuteAsync("delete from email_undos where account_id = @AccountId and number > @Number", former);
                await SetEmailAsync(sql, accountId, EmailAddress.OfStored(former.Email));
                await sql.ExecuteAsync(
                    "update accounts set password_hash = null, devices_known_since = @now where id = @accountId", new { accountId, now });
                await AccountTable.RemoveGithubAsync(sql, accountId);
                await AccountTable.InvalidatePendingAsync(sql, accountId);
                await SessionTable.EndAllAsync(sql, accountId, kept: null);
                await ApiTokenTable.RevokeAllAsync(sql, accountId, "The address was restored", now);
                await SecondFactorTable.RestoreAsync(sql, accountId, former.TotpSecret, now);
                foreach (var mail in mails)
                    await MailTable.AddAsync(sql, mail);
                return true;
            },
            cancellationToken);

    /// <summary>Returns the latest change from an address that an account can undo, or <c>null</c> if there is none.</summary>
    /// <param name="sql">The transaction.</param>
    /// <param name="former">The address.</param>
    /// <param name="now">Now.</param>
    /// <param name="except">An account whose changes are ignored, or <c>null</c>.</param>
    public static async Task<PendingUndo?> FindUndoAsync(Sql sql, EmailAddress former, DateTimeOffset now, Guid? except = null)
    {
        // Only the changes of a week, so they are few. Their keys are not stored.
        var undos = await sql.ListAsync<FormerAddress>(
            "select account_id, number, email from email_undos where expires_at > @now order by number desc", new { now });
        var found = undos.FirstOrDefault(undo => undo.AccountId != except && EmailAddress.OfStored(undo.Email).Key == former.Key);
        return found is null ? null : new PendingUndo(found.AccountId, found.Number);
    }

    private async Task<int?> ChangeAsync(Sql sql, byte[] token, DateTimeOffset now)
    {
        var change = await OneTimeTokenTable.UseAsync(sql, database, token, TokenPurpose.EmailChange, now);
        if (change?.AccountId is not { } accountId)
            return null;
        var account = await AccountTable.LockAsync(sql, database, accountId);
        Debug.Assert(account is not null, "Tokens are deleted with their account.");
        if (!account.MayChangeEmailAt(now))
            return null;
        var (number, email) = (await InsertUndoAsync(sql, account, now), EmailAddress.OfStored(change.Data));
        await SetEmailAsync(sql, accountId, email);
        // After the update, which waits for a concurrent change from this address.
        if (await FindUndoAsync(sql, email, now, except: accountId) is not null)
            throw new ReservedException();
        await AccountTable.InvalidatePendingAsync(sql, accountId);
        return number;
    }

    private static Task<FormerCredentials?> FindAsync(Sql sql, byte[] undo, DateTimeOffset now) =>
        sql.FindAsync<FormerCredentials>(
            $"{FormerCredentials.Select} where hash in {LinkAttemptTable.Links} and expires_at > @now", new { hash = undo, now });

    private static Task<int> InsertUndoAsync(Sql sql, Account account, DateTimeOffset now) =>
        sql.ValueAsync<int>(
            """
            insert into email_undos (account_id, number, hash, email, password_hash, totp_secret, expires_at)
            values (
                @Id, (select coalesce(max(number), 0) + 1 from email_undos where account_id = @Id), @unknown, @Email, @PasswordHash,
                (select protected_secret from totp where account_id = @Id and confirmed_at is not null), @expiresAt)
            returning number
            """,
            new
            {
                account.Id, unknown = SecretToken.Hash(SecretToken.Generate()), account.Email, account.PasswordHash,
                expiresAt = now + Limits.EmailUndoAge,
            });

    private static async Task SetEmailAsync(Sql sql, Guid accountId, EmailAddress email)
    {
        await sql.ExecuteAsync(
            "update accounts set email = @Text, email_key = @Key where id = @accountId", new { accountId, email.Text, email.Key });
        await OneTimeTokenTable.DeleteSignUpsAsync(sql, email);
    }

    private sealed class FormerAddress
    {
        public required Guid AccountId { get; init; }

        public required int Number { get; init; }

        public required string Email { get; init; }
    }

    private sealed class FormerCredentials
    {
        public const string Select =
            "select account_id, number, hash, email, password_hash, totp_secret, expires_at from email_undos";

        public required Guid AccountId { get; init; }

        public required int Number { get; init; }

        public required byte[] Hash { get; init; }

        public required DateTimeOffset ExpiresAt { get; init; }

        public required string Email { get; init; }

        public string? PasswordHash { get; init; }

        public string? TotpSecret { get; init; }
    }

    /// <summary>Rolls back a change to an address that another account can restore.</summary>
    private sealed class ReservedException : Exception;
}
