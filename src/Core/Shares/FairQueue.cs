namespace TelemetryKit.Core.Shares;

/// <summary>
/// Runs a few jobs at once. Waiting ones are served in turn by party, so a party with many jobs delays others by one job each.
/// </summary>
/// <param name="slots">The number of jobs that run at once, greater than 0.</param>
public sealed class FairQueue<TParty>(int slots)
    where TParty : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TParty, Queue<TaskCompletionSource>> _waiting = [];
    private readonly Queue<TParty> _turns = new();
    private int _free = slots;

    /// <summary>Waits for a slot, which must be released with <see cref="Leave"/>.</summary>
    /// <param name="party">The party that the job belongs to.</param>
    /// <param name="cancellationToken">Cancels the wait; then no slot is taken.</param>
    public async Task EnterAsync(TParty party, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            if (!_waiting.TryGetValue(party, out var jobs))
            {
                _waiting.Add(party, jobs = new());
                _turns.Enqueue(party);
            }

            jobs.Enqueue(turn);
        }

        await using var registration = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken)).ConfigureAwait(false);
        await turn.Task.ConfigureAwait(false);
    }

    /// <summary>Releases a slot, which the next job gets.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            while (_turns.TryDequeue(out var party))
            {
                var jobs = _waiting[party];
                var next = jobs.Dequeue();
                if (jobs.Count > 0)
                    _turns.Enqueue(party);
                else
                    _waiting.Remove(party);
                // A job whose wait was cancelled takes no slot.
                if (next.TrySetResult())
                    return;
            }

            _free++;
        }
    }
}
