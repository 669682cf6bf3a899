using System.Threading.Channels;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>An open live view. Each poll of its feed sends one tick: the new events that match its filter, often none.</summary>
internal sealed class LiveView(StatsQuery filter, EventCursor? seen)
{
    // About one minute of ticks. A slower client is disconnected and resumes with Last-Event-ID.
    private readonly Channel<IReadOnlyList<EventItem>> _ticks = Channel.CreateBounded<IReadOnlyList<EventItem>>(64);

    /// <summary>The last event that the client received on a previous connection, or <c>null</c>.</summary>
    public EventCursor? Seen { get; } = seen;

    /// <summary>Whether the initial events were sent.</summary>
    public bool IsStarted { get; set; }

    /// <summary>The ticks to send to the client.</summary>
    public ChannelReader<IReadOnlyList<EventItem>> Ticks => _ticks.Reader;

    /// <summary>Adds a tick. Closes the view if its buffer is full.</summary>
    public void Send(IReadOnlyList<EventItem> events)
    {
        if (!_ticks.Writer.TryWrite(events.Count == 0 ? events : events.Select(e => e.Named(filter)).Where(Passes).ToArray()))
            Close();
    }

    /// <summary>Ends the view after the buffered ticks.</summary>
    public void Close() => _ticks.Writer.TryComplete();

    private bool Passes(EventItem e) =>
        (filter.Type is null || filter.Type == e.EventType)
        && (filter.Subject is null || filter.Subject == e.Subject)
        && (filter.Version is null || filter.Version == (e.Version ?? NoValue.Name))
        && (filter.Actor is null || filter.Actor == (e.Actor ?? NoValue.Name));
}
