using System.Threading.Channels;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>One open live view. Each poll of its feed sends it one tick: the new events that pass its filter, often none.</summary>
internal sealed class LiveView(StatsQuery filter, EventCursor? seen)
{
    // A minute of ticks. Whoever is further behind is disconnected, and resumes with Last-Event-ID.
    private readonly Channel<IReadOnlyList<EventItem>> _ticks = Channel.CreateBounded<IReadOnlyList<EventItem>>(64);

    /// <summary>The last event the viewer saw on an earlier connection.</summary>
    public EventCursor? Seen { get; } = seen;

    /// <summary>Whether it has got what it starts with.</summary>
    public bool IsStarted { get; set; }

    /// <summary>The ticks.</summary>
    public ChannelReader<IReadOnlyList<EventItem>> Ticks => _ticks.Reader;

    /// <summary>Sends a tick; a view that can't take it any more is closed.</summary>
    public void Send(IReadOnlyList<EventItem> events)
    {
        if (!_ticks.Writer.TryWrite(events.Count == 0 ? events : events.Select(e => e.Named(filter)).Where(Passes).ToArray()))
            Close();
    }

    /// <summary>Ends the view after what was sent to it.</summary>
    public void Close() => _ticks.Writer.TryComplete();

    private bool Passes(EventItem e) =>
        (filter.Type is null || filter.Type == e.EventType)
        && (filter.Subject is null || filter.Subject == e.Subject)
        && (filter.Version is null || filter.Version == e.Version)
        && (filter.Actor is null || filter.Actor == e.Actor);
}
