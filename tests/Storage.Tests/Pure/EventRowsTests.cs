using TelemetryKit.Storage.Postgres;

namespace TelemetryKit.Storage.Tests.Pure;

public sealed class EventRowsTests
{
    [Fact]
    public void Rows_cover_all_events_and_are_not_small_unless_there_are_few_events()
    {
        for (var events = 1; events < 25_000; events += 7)
        {
            var rows = EventRows.CountFor(events, bytes: 100L * events);
            Assert.Equal(0, EventRows.Start(events, rows, 0));
            Assert.Equal(events, EventRows.Start(events, rows, rows));
            for (var row = 0; row < rows && events >= EventRows.Small; row++)
                Assert.InRange(EventRows.Start(events, rows, row + 1) - EventRows.Start(events, rows, row), EventRows.Small, 1_500);
        }
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 30_000_000, 1)]
    [InlineData(100, 4_000_000, 1)]
    [InlineData(100, 4_000_001, 2)]
    [InlineData(3, 100_000_000, 3)]
    public void Many_bytes_need_more_rows_but_at_most_one_for_each_event(int events, long bytes, int rows) =>
        Assert.Equal(rows, EventRows.CountFor(events, bytes));
}
