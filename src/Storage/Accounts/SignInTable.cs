using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>sign_ins</c>.</summary>
internal static class SignInTable
{
    /// <summary>Stores a sign-in, if any, and its mail, and deletes the oldest ones beyond the limit.</summary>
    public static async Task AddAsync(Sql sql, CompletedSignIn? completed)
    {
        if (completed is null)
            return;
        await sql.ExecuteAsync(
            """
            insert into sign_ins (account_id, id, at, method, second_factor, new_device, browser, os)
            values (@AccountId, @Id, @At, @Method, @SecondFactor, @NewDevice, @Browser, @Os)
            """,
            completed.Entry with { Id = TimeOrderedId.Next(completed.Entry.At) });
        await sql.ExecuteAsync(
            """
            delete from sign_ins where account_id = @AccountId and id not in
                (select id from sign_ins where account_id = @AccountId order by at desc, id desc limit @most)
            """,
            new { completed.Entry.AccountId, most = Limits.SignInsPerAccount });
        await MailTable.AddAsync(sql, completed.Notice);
    }

    /// <summary>Returns the sign-ins of an account that are not too old, newest first.</summary>
    public static Task<IReadOnlyList<SignInEntry>> ListAsync(Sql sql, Guid accountId, DateTimeOffset now) =>
        sql.ListAsync<SignInEntry>(
            """
            select id, account_id, at, method, second_factor, new_device, browser, os from sign_ins
            where account_id = @accountId and at > @since order by at desc, id desc
            """,
            new { accountId, since = now - Limits.SignInsKept });

    /// <summary>Deletes old sign-ins.</summary>
    public static Task<int> ForgetOldAsync(Sql sql, DateTimeOffset now) =>
        sql.ExecuteAsync("delete from sign_ins where at <= @since", new { since = now - Limits.SignInsKept });
}
