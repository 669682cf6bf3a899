using System.Threading.Channels;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>An open live view. Each poll of its feed sends one tick: the new events that match its filter, often none.</summary>
internal sealed class LiveView(StatsQuery filter, EventCursor? seen)
{
    // About one minute of ticks. A slower client is disconnected and resumes with Last-Event-ID.
    private readonly Channel<IReadOnlyList<LiveItem>> _ticks = Channel.CreateBounded<IReadOnlyList<LiveItem>>(64);

    private readonly EventPredicate _filters = filter.Predicate();

    /// <summary>The last event that the client received on a previous connection, or <c>null</c>.</summary>
    public EventCursor? Seen { get; } = seen;

    /// <summary>Whether the initial events were sent.</summary>
    public bool IsStarted { get; set; }

    /// <summary>The ticks to send to the client.</summary>
    public ChannelReader<IReadOnlyList<LiveItem>> Ticks => _ticks.Reader;

    /// <summary>Adds a tick. Closes the view if its buffer is full.</summary>
    public void Send(IReadOnlyList<LiveItem> events)
    {
        var passed = events.Count == 0 ? events : events.Where(e => _filters.Passes(e.Batch, e.Index)).Select(Named).ToArray();
        if (!_ticks.Writer.TryWrite(passed))
            Close();
    }

    /// <summary>Ends the view after the buffered ticks.</summary>
    public void Close() => _ticks.Writer.TryComplete();

    private LiveItem Named(LiveItem e) => e with { Event = e.Event.Named(filter) };
}
