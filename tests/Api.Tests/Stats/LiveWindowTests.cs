using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Stats;
using TelemetryKit.Api.Stats.Live;

namespace TelemetryKit.Api.Tests.Stats;

public sealed class LiveWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_first_page_has_no_new_events()
    {
        var window = new LiveWindow();
        Assert.Empty(window.Advance([At(3), At(2), At(1)]));
        Assert.Equal([2, 3], Seconds(window.StartAfter(null, 2)));
    }

    [Fact]
    public void Events_missing_from_the_previous_page_are_new_regardless_of_their_time()
    {
        var window = new LiveWindow();
        var (one, three) = (At(1), At(3));
        window.Advance([three, one]);
        Assert.Equal([2, 4], Seconds(window.Advance([At(4), three, At(2), one])));
    }

    [Fact]
    public void An_event_cut_off_from_a_full_page_is_not_new_when_it_reappears()
    {
        var window = new LiveWindow();
        var (one, two, three) = (At(1), At(2), At(3));
        window.Advance([two, one], limit: 2);
        window.Advance([three, two], limit: 2);
        // The newest event was deleted, so an older one is in the page again.
        Assert.Empty(window.Advance([two, one], limit: 2));
    }

    [Fact]
    public void A_reconnect_returns_later_arrivals_in_order_of_arrival()
    {
        var window = new LiveWindow();
        var (one, five) = (At(1), At(5));
        window.Advance([five, one]);
        var late = At(2);
        window.Advance([five, late, one]);
        Assert.Equal([2], Seconds(window.StartAfter(LiveWindow.CursorOf(five), 20)));
        Assert.Equal([5, 2], Seconds(window.StartAfter(LiveWindow.CursorOf(one), 20)));
        // This process didn't show the event, so only the timestamp can be used.
        Assert.Equal([5], Seconds(window.StartAfter(LiveWindow.CursorOf(At(4)), 20)));
    }

    private static EventItem At(int second) =>
        new(Guid.NewGuid(), Start.AddSeconds(second), "x", null, null, null, null, null, null, RawJson.Of("{}"), RawJson.Of("{}"));

    private static IEnumerable<int> Seconds(IEnumerable<EventItem> items) => items.Select(i => (int)(i.Timestamp - Start).TotalSeconds);
}
