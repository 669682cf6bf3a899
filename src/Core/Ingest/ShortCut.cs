using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// Whether a commit thread's groups are tried in one step (<see cref="ICommit.TryCommitAsync"/>). Where a group met a conflict the next ones likely do, too (a client that sends
/// everything again, a quota about to be spent), and a vain try costs more than it saves: so for a while none is made. Used by one thread only.
/// </summary>
internal sealed class ShortCut
{
    private const int CommitsAfterConflict = 64;
    private int _closedFor;

    /// <summary>Whether the commit that begins now is tried in one step. To be asked once for each.</summary>
    public bool IsOpenForNext() => _closedFor == 0 || --_closedFor == 0;

    /// <summary>There was a conflict.</summary>
    public void Close() => _closedFor = CommitsAfterConflict;
}
