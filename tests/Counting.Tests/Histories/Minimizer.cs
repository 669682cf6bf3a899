namespace TelemetryKit.Counting.Tests.Histories;

/// <summary>Removes from a failing history what its failure doesn't need (delta debugging): operations first, then events.</summary>
/// <param name="fails">Whether a history still fails.</param>
/// <param name="attempts">The most histories that are tried.</param>
internal sealed class Minimizer(Func<History, Task<bool>> fails, int attempts)
{
    private int _left = attempts;

    /// <summary>Returns a minimal history.</summary>
    /// <param name="history">The history.</param>
    /// <param name="shown">The operation that showed the failure.</param>
    public async Task<History> MinimizeAsync(History history, Operation shown)
    {
        var upToIt = UpTo(history, shown.ToString());
        if (await fails(upToIt))
            history = upToIt;
        var operations = await ReduceAsync(history.Operations, some => history with { Operations = some });
        history = history with { Operations = operations };
        for (var i = 0; i < history.Operations.Count; i++)
        {
            if (history.Operations[i] is not Send send)
                continue;
            var (before, at) = (history, i);
            var events = await ReduceAsync(send.Batch.Events, some => With(before, at, send, some));
            history = With(before, at, send, events);
        }

        return history;
    }

    /// <summary>Returns the history up to an operation, without the questions before, which hardly ever matter.</summary>
    private static History UpTo(History history, string shown)
    {
        var before = history.Operations.TakeWhile(operation => operation.ToString() != shown).ToList();
        var itself = history.Operations.Skip(before.Count).Take(1);
        return history with { Operations = [.. before.Where(operation => operation is not Ask), .. itself] };
    }

    private static History With(History history, int at, Send send, IReadOnlyList<SentEvent> events)
    {
        List<Operation> operations = [.. history.Operations];
        operations[at] = send with { Batch = send.Batch with { Events = events } };
        return history with { Operations = operations };
    }

    /// <summary>Returns a part of the items of which no part of half, a quarter, … can be left out.</summary>
    private async Task<IReadOnlyList<T>> ReduceAsync<T>(IReadOnlyList<T> items, Func<IReadOnlyList<T>, History> historyOf)
    {
        for (var size = (items.Count + 1) / 2; size >= 1; size = size == 1 ? 0 : (size + 1) / 2)
        {
            for (var start = 0; start < items.Count && items.Count > 1;)
            {
                List<T> rest = [.. items.Take(start), .. items.Skip(start + size)];
                if (rest.Count > 0 && _left-- > 0 && await fails(historyOf(rest)))
                    items = rest;
                else
                    start += size;
            }
        }

        return items;
    }
}
