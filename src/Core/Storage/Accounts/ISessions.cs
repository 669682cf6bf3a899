using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Sessions, identified by the SHA-256 of the token in the cookie.</summary>
public interface ISessions
{
    /// <summary>
    /// Starts a session for a sign-in that was checked against <paramref name="credentialsVersion"/>. In the same transaction, the session
    /// that it replaces, if any, ends, so that a token known from before becomes invalid, and <paramref name="completed"/> is stored.
    /// Returns <c>false</c> if the credentials have changed.
    /// </summary>
    Task<bool> BeginAsync(
        byte[] hash, Session session, int credentialsVersion, byte[]? replacedHash, CompletedSignIn? completed,
        CancellationToken cancellationToken);

    /// <summary>Starts a session that completes no sign-in.</summary>
    Task<bool> BeginAsync(
        byte[] hash, Session session, int credentialsVersion, byte[]? replacedHash, CancellationToken cancellationToken) =>
        BeginAsync(hash, session, credentialsVersion, replacedHash, completed: null, cancellationToken);

    /// <summary>
    /// Replaces the token of a session, and stores the sign-in that this completes, if any. Returns <c>false</c> if the session has ended.
    /// </summary>
    Task<bool> RenewAsync(
        byte[] hash, Session session, byte[] replacedHash, CompletedSignIn? completed, CancellationToken cancellationToken);

    /// <summary>Replaces the token of a session.</summary>
    Task<bool> RenewAsync(byte[] hash, Session session, byte[] replacedHash, CancellationToken cancellationToken) =>
        RenewAsync(hash, session, replacedHash, completed: null, cancellationToken);

    /// <summary>
    /// Finds a session with its account. Returns <c>null</c> if it is unknown, ended or expired at <paramref name="now"/>.
    /// </summary>
    Task<SignedIn?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores when a session was last used.</summary>
    Task TouchAsync(Guid sessionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Returns the sessions of an account, newest first.</summary>
    Task<IReadOnlyList<Session>> ListAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the sign-ins of an account in the last <see cref="Limits.SignInsKept"/>, newest first, at most
    /// <see cref="Limits.SignInsPerAccount"/>.
    /// </summary>
    Task<IReadOnlyList<SignInEntry>> ListSignInsAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a session. Returns <c>false</c> if the account has no session with that id.</summary>
    Task<bool> EndAsync(Guid accountId, Guid sessionId, CancellationToken cancellationToken);

    /// <summary>Ends all sessions of an account, and forgets its devices. Returns the number of ended sessions.</summary>
    Task<int> EndAllAsync(Guid accountId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes expired sessions, one-time tokens and undos of addresses, old sign-ins, and invitations that expired a month ago. Returns
    /// the number of deleted rows.
    /// </summary>
    Task<int> ForgetExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A sign-in that the start or the renewal of a session completes.</summary>
/// <param name="Entry">The sign-in.</param>
/// <param name="Notice">The mail about it, or <c>null</c>.</param>
public sealed record CompletedSignIn(SignInEntry Entry, WaitingMail? Notice);

/// <summary>A session with its account.</summary>
/// <param name="Session">The session.</param>
/// <param name="Account">The account.</param>
public sealed record SignedIn(Session Session, Account Account);
