using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Second factors: a TOTP secret and recovery codes.</summary>
public interface ISecondFactors
{
    /// <summary>The account's second factor, whether confirmed or not.</summary>
    Task<TotpState?> FindAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Stores a secret that is still to be confirmed, in place of another unconfirmed one. False where a confirmed one is there.</summary>
    Task<bool> BeginAsync(Guid accountId, string protectedSecret, CancellationToken cancellationToken);

    /// <summary>
    /// Confirms the secret with the step of its first code and stores the recovery codes' hashes, in one transaction: all sessions but
    /// <paramref name="keptSession"/>, which never gave a code, end, and the account's one-time tokens are void. Returns <c>false</c> if
    /// there is no secret to confirm.
    /// </summary>
    Task<bool> ConfirmAsync(
        Guid accountId, long step, IReadOnlyList<byte[]> recoveryCodes, Guid? keptSession, DateTimeOffset now,
        CancellationToken cancellationToken);

    /// <summary>Uses up a step. False where it, or a later one, was used before: of two who present the same code, one gets in.</summary>
    Task<bool> UseStepAsync(Guid accountId, long step, CancellationToken cancellationToken);

    /// <summary>Uses up a recovery code. False where there is none of that hash.</summary>
    Task<bool> UseRecoveryCodeAsync(Guid accountId, byte[] hash, CancellationToken cancellationToken);

    /// <summary>Replaces the recovery codes.</summary>
    Task ReplaceRecoveryCodesAsync(Guid accountId, IReadOnlyList<byte[]> recoveryCodes, CancellationToken cancellationToken);

    /// <summary>Removes the second factor with its recovery codes. The account's one-time tokens are void.</summary>
    Task RemoveAsync(Guid accountId, CancellationToken cancellationToken);
}
