using TelemetryKit.Storage.Postgres;

namespace TelemetryKit.Storage.Tests.Pure;

public sealed class EventRowsTests
{
    [Fact]
    public void Rows_cover_all_events_and_none_is_small_unless_all_are_few()
    {
        for (var events = 1; events < 25_000; events += 7)
        {
            var rows = EventRows.CountFor(events);
            Assert.Equal(0, EventRows.Start(events, 0));
            Assert.Equal(events, EventRows.Start(events, rows));
            for (var row = 0; row < rows && events >= EventRows.Small; row++)
                Assert.InRange(EventRows.Start(events, row + 1) - EventRows.Start(events, row), EventRows.Small, 1_500);
        }
    }
}
