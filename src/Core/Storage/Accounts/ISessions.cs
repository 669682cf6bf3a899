using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Sessions, identified by the SHA-256 of the token in the cookie.</summary>
public interface ISessions
{
    /// <summary>
    /// Starts a session for a sign-in that was checked against <paramref name="credentialsVersion"/>. In the same transaction, the session
    /// that it replaces, if any, ends, so that a token known from before becomes invalid. Returns <c>false</c> if the credentials have
    /// changed.
    /// </summary>
    Task<bool> BeginAsync(byte[] hash, Session session, int credentialsVersion, byte[]? replacedHash, CancellationToken cancellationToken);

    /// <summary>Replaces the token of a session. Returns <c>false</c> if the session has ended.</summary>
    Task<bool> RenewAsync(byte[] hash, Session session, byte[] replacedHash, CancellationToken cancellationToken);

    /// <summary>
    /// Finds a session with its account. Returns <c>null</c> if it is unknown, ended or expired at <paramref name="now"/>.
    /// </summary>
    Task<SignedIn?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores when a session was last used.</summary>
    Task TouchAsync(Guid sessionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Returns the sessions of an account, newest first.</summary>
    Task<IReadOnlyList<Session>> ListAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a session. Returns <c>false</c> if the account has no session with that id.</summary>
    Task<bool> EndAsync(Guid accountId, Guid sessionId, CancellationToken cancellationToken);

    /// <summary>Ends all sessions of an account except <paramref name="kept"/>. Returns the number of ended sessions.</summary>
    Task<int> EndAllAsync(Guid accountId, Guid? kept, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes expired sessions, one-time tokens and undos of addresses, and invitations that expired a month ago. Returns the number of
    /// deleted rows.
    /// </summary>
    Task<int> ForgetExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A session with its account.</summary>
/// <param name="Session">The session.</param>
/// <param name="Account">The account.</param>
public sealed record SignedIn(Session Session, Account Account);
