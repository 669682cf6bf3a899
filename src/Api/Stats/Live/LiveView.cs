using System.Threading.Channels;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>An open live view. Each poll of its feed sends one tick: the new events that match its filter, often none.</summary>
internal sealed class LiveView(StatsQuery filter, EventCursor? seen)
{
    // About one minute of ticks. A slower client is disconnected and resumes with Last-Event-ID.
    private readonly Channel<IReadOnlyList<LiveItem>> _ticks = Channel.CreateBounded<IReadOnlyList<LiveItem>>(64);

    /// <summary>The last event that the client received on a previous connection, or <c>null</c>.</summary>
    public EventCursor? Seen { get; } = seen;

    /// <summary>Whether the initial events were sent.</summary>
    public bool IsStarted { get; set; }

    /// <summary>The ticks to send to the client.</summary>
    public ChannelReader<IReadOnlyList<LiveItem>> Ticks => _ticks.Reader;

    /// <summary>Adds a tick. Closes the view if its buffer is full.</summary>
    public void Send(IReadOnlyList<LiveItem> events)
    {
        if (!_ticks.Writer.TryWrite(events.Count == 0 ? events : events.Select(Named).Where(Passes).ToArray()))
            Close();
    }

    /// <summary>Ends the view after the buffered ticks.</summary>
    public void Close() => _ticks.Writer.TryComplete();

    private LiveItem Named(LiveItem e) => e with { Event = e.Event.Named(filter) };

    private bool Passes(LiveItem e) =>
        (filter.Type is null || filter.Type == e.Event.EventType)
        && (filter.Subject is null || filter.Subject == (e.Event.Subject ?? NoValue.Name))
        && (filter.Version is null || filter.Version == (e.Event.Version ?? NoValue.Name))
        && (filter.Actor is null || filter.Actor == (e.Event.Actor ?? NoValue.Name));
}
