using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// Whether a commit thread tries a group in one step (<see cref="ICommit.TryCommitAsync"/>). After a conflict the next groups are likely
/// to conflict as well (a client that sends everything again, a quota that is nearly spent), and a failed try costs more than a
/// successful one saves, so none is made for a number of commits. Not thread-safe.
/// </summary>
internal sealed class SingleStepBackOff
{
    private const int CommitsAfterConflict = 64;
    private int _commitsLeft;

    /// <summary>Returns whether to try the next commit in one step. Must be called once for each commit.</summary>
    public bool ShouldTry() => _commitsLeft == 0 || --_commitsLeft == 0;

    /// <summary>Starts the back-off.</summary>
    public void RecordConflict() => _commitsLeft = CommitsAfterConflict;
}
