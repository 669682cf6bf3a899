using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace TelemetryKit.Core.Shares;

/// <summary>
/// Runs a few jobs at once. Waiting ones are served in turn by party, so a party with many jobs delays others by one job each. Parties of
/// different lanes don't delay each other: lanes with waiting jobs take turns first.
/// </summary>
/// <param name="slots">The number of jobs that run at once, greater than 0.</param>
/// <param name="lanes">The number of lanes, greater than 0.</param>
public sealed class FairQueue<TParty>(int slots, int lanes = 1)
    where TParty : notnull
{
    private readonly Lock _lock = new();
    private readonly Lane[] _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new Lane())];
    private int _free = slots;
    private int _next;

    /// <summary>Waits for a slot, which must be released with <see cref="Leave"/>.</summary>
    /// <param name="party">The party that the job belongs to.</param>
    /// <param name="cancellationToken">Cancels the wait; then no slot is taken.</param>
    /// <param name="lane">The lane, from 0.</param>
    public async Task EnterAsync(TParty party, CancellationToken cancellationToken, int lane = 0)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            _lanes[lane].Add(party, turn);
        }

        await using var registration = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken)).ConfigureAwait(false);
        await turn.Task.ConfigureAwait(false);
    }

    /// <summary>Releases a slot, which the next job gets.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            while (TryTake(out var next))
            {
                // A job whose wait was cancelled takes no slot.
                if (next.TrySetResult())
                    return;
            }

            _free++;
        }
    }

    private bool TryTake([MaybeNullWhen(false)] out TaskCompletionSource next)
    {
        for (var i = 0; i < lanes; i++)
        {
            var lane = _lanes[_next];
            _next = (_next + 1) % lanes;
            if (lane.TryTake(out next))
                return true;
        }

        next = null;
        return false;
    }

    /// <summary>The waiting jobs of a lane, whose parties take turns.</summary>
    private sealed class Lane
    {
        private readonly Dictionary<TParty, Queue<TaskCompletionSource>> _waiting = [];
        private readonly Queue<TParty> _turns = new();

        public void Add(TParty party, TaskCompletionSource job)
        {
            if (!_waiting.TryGetValue(party, out var jobs))
            {
                _waiting.Add(party, jobs = new());
                _turns.Enqueue(party);
            }

            jobs.Enqueue(job);
        }

        public bool TryTake([MaybeNullWhen(false)] out TaskCompletionSource next)
        {
            if (!_turns.TryDequeue(out var party))
            {
                next = null;
                return false;
            }

            var jobs = _waiting[party];
            Debug.Assert(jobs.Count > 0, "A party without jobs has no turn.");
            next = jobs.Dequeue();
            if (jobs.Count > 0)
                _turns.Enqueue(party);
            else
                _waiting.Remove(party);
            return true;
        }
    }
}
