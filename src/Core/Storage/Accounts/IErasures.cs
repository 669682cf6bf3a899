namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Erasures of installs that their users asked for, with the secret of the install as the proof.</summary>
public interface IErasures
{
    /// <summary>
    /// Adds an erasure, or returns the one that already waits for the same install. The erasure that is returned is stored durably.
    /// </summary>
    /// <param name="erasure">The erasure.</param>
    /// <param name="install">The keyed hash of the install; not 0. It is deleted when the erasure is done.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Erasure> AddAsync(Erasure erasure, long install, CancellationToken cancellationToken);

    /// <summary>Returns whether a project has data of an install.</summary>
    Task<bool> HasInstallAsync(Guid projectId, long install, CancellationToken cancellationToken);

    /// <summary>Returns an erasure, or <c>null</c> if it doesn't exist.</summary>
    Task<Erasure?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>
    /// Completes all erasures of installs that have no data. Most erasures that a stranger can cause are of this kind, so they must be
    /// cheap. Returns their number.
    /// </summary>
    Task<int> CompleteUnknownAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Returns the erasure of each project that has waited longest, ordered by project, so that projects take turns.</summary>
    /// <param name="after">Only of projects that follow this one; <see cref="Guid.Empty"/> for the first.</param>
    /// <param name="limit">The maximum number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<WaitingErasure>> ListNextAsync(Guid after, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes the erasures that were done before a time. Returns their number.</summary>
    Task<int> ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>An erasure. It doesn't identify the install.</summary>
public sealed record Erasure
{
    /// <summary>A random id that can't be guessed.</summary>
    public required Guid Id { get; init; }

    /// <summary>The project.</summary>
    public required Guid ProjectId { get; init; }

    /// <summary>When the user asked for it. Events that were accepted before are erased.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>When it was done; <c>null</c> while it waits.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>The number of erased events; <c>null</c> while it waits.</summary>
    public long? Events { get; init; }
}

/// <summary>An erasure that waits.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="Install">The keyed hash of the install.</param>
public sealed record WaitingErasure(Guid Id, Guid ProjectId, long Install);
