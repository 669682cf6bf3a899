using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Ingest;

/// <summary>What the commit decided about a batch's events.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Accepted">Events counted now.</param>
/// <param name="Duplicates">Events that had been counted before.</param>
/// <param name="OverQuota">Indices in the request of events that didn't fit the quota; <c>null</c> where all fitted.</param>
internal readonly record struct CommitVerdict(IngestStatus Status, int Accepted = 0, int Duplicates = 0, IReadOnlyList<int>? OverQuota = null);

/// <summary>A batch that waits for its commit. It owns its parsed columns until the verdict is out.</summary>
internal sealed class PendingBatch(Project project, DataEnvironment environment, ParsedBatch parsed)
{
    // Who waits goes on where the verdict is told: see Answers.
    private readonly TaskCompletionSource<CommitVerdict> _verdict = new();

    public Project Project { get; } = project;

    public DataEnvironment Environment { get; } = environment;

    public ParsedBatch Parsed { get; } = parsed;

    public Task<CommitVerdict> Verdict => _verdict.Task;

    /// <summary>Tells the verdict, and runs what waits for it: the rest of the request.</summary>
    public void Complete(CommitVerdict verdict) => _verdict.TrySetResult(verdict);
}
