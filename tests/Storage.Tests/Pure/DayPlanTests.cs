using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Reading;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Pure;

/// <summary>A reader that applies each plan has what is stored, regardless of the changes between its reads.</summary>
public sealed class DayPlanTests
{
    [Fact]
    public void A_reader_that_applies_each_plan_has_what_is_stored()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var stored = new Dictionary<DateOnly, (long Revision, HashSet<Guid> Deltas)>();
            var reader = new Dictionary<DateOnly, (long Revision, HashSet<Guid> Deltas)>();
            var revision = 0L;
            for (var step = 0; step < 40; step++)
            {
                Change(stored, random, ref revision);
                if (random.Next(3) > 0)
                    continue;
                Read(stored, reader);
                Assert.Equal(Shown(stored), Shown(reader));
                Assert.Empty(Plan(stored, reader));
            }
        }
    }

    private static void Change(Dictionary<DateOnly, (long Revision, HashSet<Guid> Deltas)> stored, Random random, ref long revision)
    {
        var day = Day.AddDays(random.Next(3));
        var (current, deltas) = stored.GetValueOrDefault(day, (0, []));
        switch (random.Next(8))
        {
            case 0 when deltas.Count > 0:
                stored[day] = (++revision, []); // Folded.
                break;
            case 1:
                stored.Remove(day); // Reset.
                break;
            case 2:
                stored[day] = (++revision, [.. deltas.Take(random.Next(3))]); // Rebuilt during concurrent commits.
                break;
            default:
                stored[day] = (current, [.. deltas, Guid.NewGuid()]);
                break;
        }
    }

    private static List<DayPlan> Plan(
        Dictionary<DateOnly, (long Revision, HashSet<Guid> Deltas)> stored,
        Dictionary<DateOnly, (long Revision, HashSet<Guid> Deltas)> reader) =>
        DayPlan.For(
            stored.Where(day => day.Value.Revision > 0).ToDictionary(day => day.Key, day => day.Value.Revision),
            stored.SelectMany(day => day.Value.Deltas.Select(id => (day.Key, id))).ToLookup(delta => delta.Key, delta => delta.id),
            reader.Select(day => KeyValuePair.Create(day.Key, new KnownDay(day.Value.Revision, day.Value.Deltas))));

    private static void Read(
        Dictionary<DateOnly, (long Revision, HashSet<Guid> Deltas)> stored,
        Dictionary<DateOnly, (long Revision, HashSet<Guid> Deltas)> reader)
    {
        foreach (var day in Plan(stored, reader))
        {
            if (day.Replaces)
                reader[day.Day] = (day.Revision, []);
            foreach (var id in day.Deltas)
                Assert.True(reader[day.Day].Deltas.Add(id));
        }
    }

    private static IEnumerable<string> Shown(Dictionary<DateOnly, (long Revision, HashSet<Guid> Deltas)> days) =>
        days.Where(day => day.Value.Revision > 0 || day.Value.Deltas.Count > 0)
            .OrderBy(day => day.Key)
            .Select(day => $"{day.Key:O} {day.Value.Revision} {string.Join(',', day.Value.Deltas.Order())}");
}
