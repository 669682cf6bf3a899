using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Totp;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Second factors: a TOTP secret and recovery codes.</summary>
public interface ISecondFactors
{
    /// <summary>Finds the second factor of an account, confirmed or not. Returns <c>null</c> if there is none.</summary>
    Task<TotpState?> FindAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores an unconfirmed secret, which replaces an earlier unconfirmed one. Returns <c>false</c> if there is a confirmed one.
    /// </summary>
    Task<bool> BeginAsync(Guid accountId, string protectedSecret, CancellationToken cancellationToken);

    /// <summary>
    /// Confirms the secret with the step of its first code and stores the hashes of the recovery codes. In the same transaction, all
    /// sessions except <paramref name="keptSession"/> end, because they never verified a code, and the one-time tokens of the account are
    /// deleted, and <paramref name="notice"/> is queued. Returns <c>false</c> if there is no unconfirmed secret.
    /// </summary>
    Task<bool> ConfirmAsync(
        Guid accountId, long step, IReadOnlyList<byte[]> recoveryCodes, Guid? keptSession, WaitingMail? notice, DateTimeOffset now,
        CancellationToken cancellationToken);

    /// <summary>
    /// Marks a time step as used. Returns <c>false</c> if that step or a later one was used before. Of concurrent callers with the same
    /// code one succeeds.
    /// </summary>
    Task<bool> UseStepAsync(Guid accountId, long step, CancellationToken cancellationToken);

    /// <summary>
    /// Counts an attempt with a code before it is checked, so that concurrent attempts count as well. It is not counted during the pause
    /// after wrong codes (<see cref="TotpBackoff"/>).
    /// </summary>
    Task<CodeAttempt> BeginAttemptAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Forgets the counted attempts after a correct code.</summary>
    Task ForgetAttemptsAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Uses a recovery code and deletes it. Returns <c>false</c> if the account has no code with that hash.</summary>
    Task<bool> UseRecoveryCodeAsync(Guid accountId, byte[] hash, CancellationToken cancellationToken);

    /// <summary>Replaces the recovery codes.</summary>
    Task ReplaceRecoveryCodesAsync(Guid accountId, IReadOnlyList<byte[]> recoveryCodes, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the second factor and its recovery codes, deletes the one-time tokens of the account, and queues <paramref name="notice"/>,
    /// in one transaction.
    /// </summary>
    Task RemoveAsync(Guid accountId, WaitingMail? notice, CancellationToken cancellationToken);

    /// <summary>Like <see cref="RemoveAsync(Guid, WaitingMail, CancellationToken)"/>, without a notice.</summary>
    Task RemoveAsync(Guid accountId, CancellationToken cancellationToken) => RemoveAsync(accountId, null, cancellationToken);
}

/// <summary>An attempt with a code.</summary>
/// <param name="Number">The number of attempts since the last correct code, including this one; 0 if this one must wait.</param>
/// <param name="Wait">The time to wait before the next attempt, or <c>null</c> if this one may be made.</param>
public readonly record struct CodeAttempt(int Number, TimeSpan? Wait);
