using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Stats.Live;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Api.Tests.Stats;

public sealed class LiveWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_view_starts_with_the_last_arrivals()
    {
        var window = new LiveWindow();
        window.Add([At(9, arrival: 1), At(2, arrival: 2), At(5, arrival: 3)]);
        Assert.Equal([2, 5], Seconds(window.StartAfter(null, 2)));
        Assert.Equal([9, 2, 5], Seconds(window.StartAfter(null, 20)));
    }

    [Fact]
    public void Arrivals_are_new_regardless_of_their_time_and_only_once()
    {
        var window = new LiveWindow();
        var (one, two) = (At(1, arrival: 1), At(2, arrival: 2));
        Assert.Equal([1, 2], Seconds(window.Add([one, two])));
        Assert.Equal([0, 4], Seconds(window.Add([two, At(0, arrival: 3), At(4, arrival: 4)])));
    }

    [Fact]
    public void The_window_is_bounded()
    {
        var window = new LiveWindow(limit: 3);
        for (var i = 0; i < 10; i++)
            window.Add([At(i, arrival: i)]);
        Assert.Equal([7, 8, 9], Seconds(window.StartAfter(null, 20)));
    }

    [Fact]
    public void A_reconnect_returns_later_arrivals_in_order_of_arrival()
    {
        var window = new LiveWindow();
        var (one, five, late) = (At(1, arrival: 10), At(5, arrival: 11), At(2, arrival: 13));
        window.Add([one, five, late]);
        Assert.Equal([2], Seconds(window.StartAfter(five.Cursor, 20)));
        Assert.Equal([5, 2], Seconds(window.StartAfter(one.Cursor, 20)));
        // The window doesn't contain the event, so only its arrival can be used.
        Assert.Equal([2], Seconds(window.StartAfter(At(4, arrival: 12).Cursor, 20)));
    }

    private static LiveItem At(int second, long arrival) => new(
        new(Guid.NewGuid(), Start.AddSeconds(second), "x", null, null, null, null, null, null, RawJson.Of("{}"), RawJson.Of("{}")),
        arrival, new EventBatch(), 0);

    private static IEnumerable<int> Seconds(IEnumerable<LiveItem> events) =>
        events.Select(e => (int)(e.Event.Timestamp - Start).TotalSeconds);
}
