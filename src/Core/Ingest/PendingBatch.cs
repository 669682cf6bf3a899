using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Ingest;

/// <summary>The result of a commit for one batch.</summary>
/// <param name="Status">The outcome.</param>
/// <param name="Accepted">The number of events that were counted.</param>
/// <param name="Duplicates">The number of events that were counted before.</param>
/// <param name="OverQuota">Indices in the request of the events that exceed the quota, or <c>null</c> if all fitted.</param>
internal readonly record struct CommitVerdict(
    IngestStatus Status, int Accepted = 0, int Duplicates = 0, IReadOnlyList<int>? OverQuota = null);

/// <summary>A batch that waits for its commit. Its parsed columns are in use until the verdict is set.</summary>
internal sealed class PendingBatch(Project project, DataEnvironment environment, ParsedBatch parsed)
{
    // Continuations run synchronously, on the thread-pool thread of VerdictDispatch.
    private readonly TaskCompletionSource<CommitVerdict> _verdict = new();

    public Project Project { get; } = project;

    public DataEnvironment Environment { get; } = environment;

    public ParsedBatch Parsed { get; } = parsed;

    public Task<CommitVerdict> Verdict => _verdict.Task;

    /// <summary>Sets the verdict and runs its continuations, which are the rest of the request. A second call is ignored.</summary>
    public void Complete(CommitVerdict verdict) => _verdict.TrySetResult(verdict);
}
