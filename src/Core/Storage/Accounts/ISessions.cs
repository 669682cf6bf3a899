using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Sessions. They are found by the SHA-256 of what the cookie has.</summary>
public interface ISessions
{
    /// <summary>
    /// Begins a session for a sign-in that was checked against <paramref name="credentialsVersion"/> and, in the same transaction, ends the
    /// one that it replaces, if there is one: its token can't be known from before. Returns <c>false</c> if the credentials have changed.
    /// </summary>
    Task<bool> BeginAsync(byte[] hash, Session session, int credentialsVersion, byte[]? replacedHash, CancellationToken cancellationToken);

    /// <summary>Continues a session under another token. Returns <c>false</c> if the session that it replaces has ended.</summary>
    Task<bool> RenewAsync(byte[] hash, Session session, byte[] replacedHash, CancellationToken cancellationToken);

    /// <summary>The session and its account; <c>null</c> where it is unknown, ended or expired at <paramref name="now"/>.</summary>
    Task<SignedIn?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Notes that it was used.</summary>
    Task TouchAsync(Guid sessionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The sessions of an account, newest first.</summary>
    Task<IReadOnlyList<Session>> ListAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends one. False where the account has none of that id.</summary>
    Task<bool> EndAsync(Guid accountId, Guid sessionId, CancellationToken cancellationToken);

    /// <summary>Ends all of an account but one. Answers how many.</summary>
    Task<int> EndAllAsync(Guid accountId, Guid? kept, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets sessions, one-time tokens and undos of addresses that have expired, and invitations that expired a month ago. Returns how
    /// many rows went.
    /// </summary>
    Task<int> ForgetExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A session with its account.</summary>
/// <param name="Session">The session.</param>
/// <param name="Account">Whose it is.</param>
public sealed record SignedIn(Session Session, Account Account);
