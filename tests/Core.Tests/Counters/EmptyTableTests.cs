using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Tests.Counters;

/// <summary>Tables of which no value is kept take no memory, and lose nothing but that.</summary>
public sealed class EmptyTableTests
{
    private static readonly RollupBounds Bounds = RollupBounds.Day with { Breakdown = 5 };

    [Fact]
    public void A_table_whose_values_were_all_evicted_keeps_its_total()
    {
        var property = Prop.ForAll(Facts.Seeds, seed =>
        {
            var facts = new Facts(seed).Take(200);
            var rollup = Read(Fact.Rollup(facts, Bounds));
            foreach (var subject in rollup.Subjects)
            {
                // Events without a value count, too.
                var events = facts.Count(f => f.Type == subject.Name.Type && f.Subject == subject.Name.Text);
                if (Total(subject, ContextDimension.Version) != events || Total(subject, ContextDimension.Os) != events)
                    return false;
            }

            return rollup.Subjects.Count() > 5;
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), property);
    }

    [Fact]
    public void A_day_with_the_most_subjects_takes_less_than_1600_bytes_for_each()
    {
        var rollup = Read(Fact.Rollup(ManySubjects(), RollupBounds.Day));

        Assert.Equal(7 * Limits.SubjectsPerDay, rollup.Subjects.Count());
        Assert.All(rollup.Subjects, subject => Assert.Equal(1, Total(subject, ContextDimension.Sdk)));
        Assert.InRange(rollup.EstimatedBytes, 1, 7 * Limits.SubjectsPerDay * 1_600);
    }

    private static long Total(SubjectTally subject, ContextDimension dimension) => subject.Context[dimension]?.Total ?? 0;

    private static Rollup Read(Rollup rollup) => Rollup.Read(rollup.Serialize(), rollup.Installs.Bounds);

    private static IEnumerable<Fact> ManySubjects()
    {
        for (var i = 0; i < 7 * Limits.SubjectsPerDay; i++)
        {
            yield return new Fact
            {
                Time = Facts.Day,
                Type = SubjectTable.TypeOf(i % 7)!,
                Subject = "subject-" + i,
                Install = i + 1,
                Version = "1." + i,
                DurationMs = i,
                Context = new EventContext("os" + i, "arch" + i, "runtime" + i, "actor" + i, "sdk" + i, "{}"),
            };
        }
    }
}
